namespace MuseumPipeline.Load.Batches;

/// <summary>What <c>museum load</c> was asked to do.</summary>
/// <param name="NumRows">At most this many ratings and this many calls for help in all; null for all.</param>
/// <param name="DryRun">Read, judge, report; write nothing.</param>
public sealed record LoadRequest(long? NumRows, bool DryRun);

/// <summary>A load's progress. Reported often, from several threads; the receiver decides how often to draw
/// it.</summary>
/// <param name="Objects">Objects to load in all.</param>
/// <param name="ObjectsDone">Finished ones.</param>
/// <param name="Bytes">Bytes to read in all.</param>
/// <param name="BytesDone">Bytes read.</param>
/// <param name="Rows">Rows read.</param>
public readonly record struct LoadStatus(int Objects, int ObjectsDone, long Bytes, long BytesDone, long Rows);
