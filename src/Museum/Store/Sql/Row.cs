using System.Data.Common;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>A row of a result, read column by column, in the order of the select.</summary>
internal sealed class Row(DbDataReader reader)
{
    private int column;

    public Row FromTheStart()
    {
        column = 0;
        return this;
    }

    public short Short() => reader.GetInt16(column++);

    public int Int() => reader.GetInt32(column++);

    public int? IntOrNull() => IsNull() ? null : Int();

    public long Long() => reader.GetInt64(column++);

    public long? LongOrNull() => IsNull() ? null : Long();

    public double Real() => reader.GetDouble(column++);

    public bool Flag() => reader.GetBoolean(column++);

    public string Text() => reader.GetString(column++);

    public string? TextOrNull() => IsNull() ? null : Text();

    public byte[]? BytesOrNull() => IsNull() ? null : (byte[])reader.GetValue(column++);

    public DateTimeOffset Time() =>
        TimeOrNull() ?? throw new InvalidOperationException($"column {column - 1} is null; expected a time");

    public DateTimeOffset? TimeOrNull() =>
        reader.GetValue(column++) switch
        {
            DBNull => null,
            DateTime time => StoredInstants.Within(new DateTimeOffset(time, TimeSpan.Zero)),
            string text => StoredInstants.Within(
                DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            ),
            var other => throw new InvalidOperationException($"a time came back as {other.GetType()}"),
        };

    public DateOnly Day() =>
        reader.GetValue(column++) switch
        {
            DateOnly day => day,
            DateTime time => DateOnly.FromDateTime(time),
            var text => DateOnly.ParseExact((string)text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        };

    public DateOnly? DayOrNull() => IsNull() ? null : Day();

    public TimeOnly TimeOfDay() =>
        reader.GetValue(column++) switch
        {
            TimeOnly time => time,
            TimeSpan time => TimeOnly.FromTimeSpan(time),
            var text => TimeOnly.Parse((string)text, CultureInfo.InvariantCulture),
        };

    /// <summary>Seven columns.</summary>
    public Counts Counts() => new(Long(), Long(), Long(), Long(), Long(), Long(), Long());

    /// <summary>Stored words are the enum's names in lower case.</summary>
    public T Word<T>()
        where T : struct, Enum => Enum.Parse<T>(Text(), ignoreCase: true);

    /// <summary>True, and skips it, if the column is null.</summary>
    private bool IsNull()
    {
        if (!reader.IsDBNull(column))
            return false;
        column++;
        return true;
    }
}

internal static class Words
{
    /// <summary>What <see cref="Row.Word{T}"/> reads.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
