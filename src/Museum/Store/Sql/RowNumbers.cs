using System.Globalization;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Sql;

/// <summary>The ids that the database gives to new rows, and their highest values: see "Limits" in
/// docs/database.md.</summary>
internal static class RowNumbers
{
    /// <exception cref="MuseumException">The id is too high; nothing may be committed under it.</exception>
    public static int Checked(this SqlSession session, string table, long number, int most) =>
        number <= most
            ? (int)number
            : throw new MuseumException(
                ExitCode.Configuration,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table}.{table}_id: the database gave a new row the number {number}, expected {most} at most. "
                        + $"Let the numbers go on from the highest in use, then run the same command again: "
                        + $"{session.Dialect.Renumber(table)}"
                )
            );
}
