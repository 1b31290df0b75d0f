using System.Globalization;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Where a record is, as a person finds it.</summary>
internal static class SourcePlace
{
    /// <summary><c>lmnh:0@1234</c> for a message, <c>NAME, line 12</c> for anything else.</summary>
    public static string Of(string kind, string location, string name, long position) =>
        kind == SourceIdentity.Stream
            ? string.Create(CultureInfo.InvariantCulture, $"{Partition(location, name)}@{position}")
        : kind == OldRows.Kind
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{location}/{name}, {(position < OldRows.Most ? "rating" : "support")}_instance "
                    + $"{position % OldRows.Most}"
            )
        : string.Create(CultureInfo.InvariantCulture, $"{name}, line {position}");

    /// <summary>A source's name for people.</summary>
    public static string Of(string kind, string location, string name) =>
        kind == SourceIdentity.Stream ? Partition(location, name) : $"{location}/{name}";

    /// <summary>The meaning of a partition source's name: <c>0</c>, <c>0#2</c> for its second log, <c>0@10000000000</c>
    /// for the offsets from there on.</summary>
    public static (int Partition, int Generation, long Block) Parse(string name)
    {
        var parts = name.Split('@');
        var log = parts[0].Split('#');
        return (
            int.Parse(log[0], CultureInfo.InvariantCulture),
            log.Length > 1 ? int.Parse(log[1], CultureInfo.InvariantCulture) : 1,
            parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : 0
        );
    }

    // kafka:CLUSTER/TOPIC/TOPIC ID, and the digits at the start of the name.
    private static string Partition(string location, string name) =>
        $"{location.Split('/').ElementAtOrDefault(1) ?? location}:{name.Split('#', '@')[0]}";
}
