using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Store.Sql;

/// <summary>The words and values in which the two databases differ; all other SQL is the same for both.</summary>
internal abstract class Dialect
{
    /// <summary>The migrations' folder in the program's resources.</summary>
    public abstract string Name { get; }

    /// <summary>Added to a select that must lock its rows until the transaction ends.</summary>
    public virtual string ForUpdate => "";

    /// <summary>Added to a select whose rows must not be deleted until the transaction ends.</summary>
    public virtual string ForKeyShare => "";

    /// <summary>Makes two people who act on the call @press wait for each other, without the right to change its row; null
    /// if writers wait for each other anyway.</summary>
    public virtual string? HoldPress => null;

    /// <summary>Makes all who add to the audit wait for each other; null if writers wait for each other anyway.</summary>
    public virtual string? HoldAudit => null;

    /// <summary>The type of a column of bytes.</summary>
    public abstract string BytesType { get; }

    /// <summary>Whether the table of applied migrations exists, as a number.</summary>
    public abstract string HasMigrationTable { get; }

    /// <summary>The names of the tables that are there.</summary>
    public abstract string Tables { get; }

    /// <summary>Nobody writes to a table until the transaction ends; null where nobody can anyway.</summary>
    public virtual string? LockWrites(string table) => null;

    /// <summary>Held to the end of the transaction by the process that migrates; the others wait and find nothing left
    /// to do.</summary>
    public virtual string? MigrationLock => null;

    /// <summary>Lets the commit of this transaction return before it is on the disk. An object can be read again: if
    /// the server dies now, rows and position are lost together. The commit that closes the run is an ordinary one, and
    /// puts everything before it on the disk.</summary>
    public virtual string? EagerCommit => null;

    /// <summary>How long a frozen or disconnected process may hold a transaction open while its successor waits for the
    /// row.</summary>
    public virtual string? HoldLimits => null;

    /// <summary>How long a claim waits for the previous owner's transaction before it reports this.</summary>
    public virtual string? ClaimLimits => null;

    /// <summary>Who holds what our statements wait for: table, process, user, program, state, seconds. Null if the
    /// database cannot tell.</summary>
    public virtual string? Blockers => null;

    /// <summary>Selects the columns of <see cref="Contracts.TableCare"/>, the largest table first.</summary>
    public abstract string TableCare { get; }

    /// <summary>Makes the views for other pipelines' queries; null where the database has no time zones.</summary>
    public virtual string? SiblingViews => null;

    /// <summary>Makes a role with just what some commands need; null if this database has no roles.</summary>
    public virtual string? Grants(GrantPurpose purpose, string role) => null;

    /// <summary>The command that lets new ids continue from the highest in use, as a person types it.</summary>
    public abstract string Renumber(string table);

    /// <summary>The UTC hour that holds a stored instant.</summary>
    public abstract string HourOf(string column);

    /// <summary>The UTC month that holds a stored instant, as 2023-03.</summary>
    public abstract string MonthOf(string column);

    /// <summary>The beginning of an hour as the hourly counts hold it.</summary>
    public virtual object Hour(DateTimeOffset hour) => Time(hour);

    /// <summary>A condition: at most @seconds lie between two instants.</summary>
    public abstract string Within(string earlier, string later);

    /// <summary>An expression: the day of an instant in the zone @zone, in days since 0001-01-01.</summary>
    public abstract string LocalDay(string instant);

    /// <summary>A value in the form that the database takes.</summary>
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
