namespace MuseumPipeline.Source.Targets;

/// <summary>Where files go: each is there whole or not at all, under a name with slashes.</summary>
internal interface ITarget
{
    /// <summary>Where it is, for a person.</summary>
    string Describe { get; }

    /// <summary>The names of all files there.</summary>
    /// <exception cref="MuseumPipeline.Model.MuseumException">It cannot be read.</exception>
    Task<IReadOnlySet<string>> ListAsync(CancellationToken cancel);

    /// <summary>Null where there is no such file.</summary>
    Task<byte[]?> ReadAsync(string name, CancellationToken cancel);

    /// <summary>Puts a file there in place of what was: readers see the old one or the new one.</summary>
    /// <param name="write">Writes all of it.</param>
    Task PutAsync(string name, Func<Stream, Task> write, CancellationToken cancel);

    Task DeleteAsync(string name, CancellationToken cancel);
}
