using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Messages.Fixes;

/// <summary>Options and arguments that were mistyped.</summary>
public sealed class ValueFixTests(PostgresServer server) : FixBed(server)
{
    [Theory]
    [MemberData(nameof(In), "values")]
    public Task The_fix_works_as_typed(string file, int line) => FollowAsync(file, line);
}

/// <summary>Museums, buttons, people, quarantine: what is named is not there, or there already.</summary>
public sealed class RecordFixTests(PostgresServer server) : FixBed(server)
{
    [Theory]
    [MemberData(nameof(In), "records")]
    public Task The_fix_works_as_typed(string file, int line) => FollowAsync(file, line);
}

public sealed class SettingFixTests(PostgresServer server) : FixBed(server)
{
    [Theory]
    [MemberData(nameof(In), "settings")]
    public Task The_fix_works_as_typed(string file, int line) => FollowAsync(file, line);
}

public sealed class DatabaseFixTests(PostgresServer server) : FixBed(server)
{
    [Theory]
    [MemberData(nameof(In), "databases")]
    public Task The_fix_works_as_typed(string file, int line) => FollowAsync(file, line);
}

/// <summary>Buckets, the original's stages, sources.</summary>
public sealed class LoadFixTests(PostgresServer server) : FixBed(server)
{
    [Theory]
    [MemberData(nameof(In), "loads")]
    public Task The_fix_works_as_typed(string file, int line) => FollowAsync(file, line);
}

public sealed class StreamFixTests(PostgresServer server) : FixBed(server)
{
    [Theory]
    [MemberData(nameof(In), "streams")]
    public Task The_fix_works_as_typed(string file, int line) => FollowAsync(file, line);
}
