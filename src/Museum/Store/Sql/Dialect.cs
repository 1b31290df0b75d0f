namespace MuseumPipeline.Store.Sql;

/// <summary>The words and values in which the two databases differ; everything else is one SQL text for both.</summary>
internal abstract class Dialect
{
    /// <summary>Folder of the migrations among the program's resources.</summary>
    public abstract string Name { get; }

    /// <summary>Added to a select that must hold its rows until the transaction ends.</summary>
    public virtual string ForUpdate => "";

    /// <summary>Added to a select whose rows must not go away until the transaction ends.</summary>
    public virtual string ForKeyShare => "";

    /// <summary>The type of a column of bytes.</summary>
    public abstract string BytesType { get; }

    /// <summary>Whether the table of applied migrations is there, as a number.</summary>
    public abstract string HasMigrationTable { get; }

    /// <summary>The names of the tables that are there.</summary>
    public abstract string Tables { get; }

    /// <summary>Nobody writes to a table until the transaction ends; null where nobody can anyway.</summary>
    public virtual string? LockWrites(string table) => null;

    /// <summary>Held to the end of the transaction by whoever migrates; the others wait and find nothing left to
    /// do.</summary>
    public virtual string? MigrationLock => null;

    /// <summary>
    /// Makes the commit of this transaction return before it is on the disk. An object can be read again: should the
    /// server die now, rows and position are missing together. The commit that closes the run is an ordinary one, and
    /// puts all before it on the disk.
    /// </summary>
    public virtual string? EagerCommit => null;

    /// <summary>How long a transaction may be held open by a process that is frozen or cut off, while its successor
    /// waits for the row.</summary>
    public virtual string? HoldLimits => null;

    /// <summary>How long a claim waits for the transaction of the previous owner before it says so.</summary>
    public virtual string? ClaimLimits => null;

    /// <summary>Who holds what our statements wait for: table, process, user, program, state, seconds. Null where the
    /// database cannot tell.</summary>
    public virtual string? Blockers => null;

    /// <summary>Selects the columns of <see cref="Contracts.TableCare"/>, the largest table first.</summary>
    public abstract string TableCare { get; }

    /// <summary>Makes the views for other pipelines' queries; null where the database has no time zones.</summary>
    public virtual string? SiblingViews => null;

    /// <summary>Lets the numbers of new rows go on from the highest in use, as a person types it.</summary>
    public abstract string Renumber(string table);

    /// <summary>The UTC hour that holds a stored instant.</summary>
    public abstract string HourOf(string column);

    /// <summary>The UTC month that holds a stored instant, as 2023-03.</summary>
    public abstract string MonthOf(string column);

    /// <summary>The beginning of an hour as the hourly counts hold it.</summary>
    public virtual object Hour(DateTimeOffset hour) => Time(hour);

    /// <summary>Whether no more than @seconds lie between two instants, as a condition.</summary>
    public abstract string Within(string earlier, string later);

    /// <summary>The day an instant falls on in the zone @zone, as an expression: days since 0001-01-01.</summary>
    public abstract string LocalDay(string instant);

    /// <summary>A value as the database takes it.</summary>
    public object Encode(object? value) =>
        value switch
        {
            null => DBNull.Value,
            DateTimeOffset time => Time(time),
            DateOnly day => Day(day),
            _ => value,
        };

    protected abstract object Time(DateTimeOffset time);

    protected abstract object Day(DateOnly day);
}
