using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql;

/// <summary>The buttons of the kiosks: rows like any other.</summary>
internal sealed class SqlButtons(SqlDatabase database) : IButtons
{
    private const int MostKinds = 100;
    private const int LongestName = 40;

    public Task<KioskButtons> ListAsync(CancellationToken cancel) => database.ConnectedAsync(ReadAsync, cancel);

    internal static async Task<KioskButtons> ReadAsync(SqlSession session) =>
        new(
            await session.ReadAsync(
                """
                select rating_type_id, rating_type_value, rating_description from rating_type
                where rating_type_value >= 0 order by 2
                """,
                r => new PressType(r.Short(), r.Int(), r.Text())
            ),
            await session.ReadAsync(
                """
                select support_type_id, support_type_value, support_description, emergency from support_type
                order by 2
                """,
                r => new PressType(r.Short(), r.Int(), r.Text()) { Alarms = r.Flag() }
            )
        );

    public Task<PressType> AddAsync(PressKind kind, PressType button, string who, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                var table = PressTable.Of(kind).Name;
                var known = await KnownAsync(session, kind);
                CheckName(button.Description, known);
                CheckValue(kind, button.Value, known);
                var added = button with { Id = (short)(known.Max(type => type.Id) + 1) };
                var (column, value) = kind is PressKind.Rating ? ("", "") : (", emergency", ", @emergency");
                await session.ExecuteAsync(
                    $"""
                    insert into {table}_type ({table}_type_id, {table}_type_value, {table}_description{column})
                    values (@id, @value, @name{value})
                    """,
                    ("id", added.Id),
                    ("value", added.Value),
                    ("name", added.Description),
                    ("emergency", added.Alarms)
                );
                var what = $"{added.Description}{(added.Alarms ? ", an emergency" : "")}";
                await session.RecordAsync(Target(kind, added.Value), new OperatorMove(who, "buttons add", what));
                return added;
            },
            cancel
        );

    public Task<PressType> RenameAsync(PressKind kind, int value, string name, string who, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                var table = PressTable.Of(kind).Name;
                var known = await KnownAsync(session, kind);
                var button =
                    known.FirstOrDefault(type => type.Value == value)
                    ?? throw Wrong(
                        "VALUE",
                        Text(value),
                        $"one of {string.Join(", ", known.Select(type => type.Value))}: museum buttons list"
                    );
                if (button.Description == name)
                    return button;
                CheckName(name, [.. known.Where(type => type.Id != button.Id)]);
                await session.ExecuteAsync(
                    $"update {table}_type set {table}_description = @name where {table}_type_id = @id",
                    ("name", name),
                    ("id", button.Id)
                );
                await session.RecordAsync(
                    Target(kind, value),
                    new OperatorMove(who, "buttons rename", $"{button.Description} → {name}")
                );
                return button with { Description = name };
            },
            cancel
        );

    private static string Target(PressKind kind, int value) => $"{PressTable.Of(kind).Name} {Text(value)}";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<PressType>> KnownAsync(SqlSession session, PressKind kind)
    {
        // If two people add at once, the second waits here, and sees what the first added.
        await session.ExecuteAsync("update rating_type set rating_type_value = rating_type_value");
        var buttons = await ReadAsync(session);
        return kind is PressKind.Rating ? buttons.Ratings : buttons.Support;
    }

    private static void CheckName(string name, IReadOnlyList<PressType> others)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
            throw Wrong("NAME", name, $"1 to {LongestName} characters on one line");
        var same = others.FirstOrDefault(type =>
            string.Equals(type.Description, name, StringComparison.OrdinalIgnoreCase)
        );
        if (same is not null)
            throw Wrong("NAME", name, $"a name of its own: {same.Value} has this one");
    }

    private static void CheckValue(PressKind kind, int value, IReadOnlyList<PressType> known)
    {
        if (known.FirstOrDefault(type => type.Value == value) is { } there)
            throw Wrong(
                "VALUE",
                Text(value),
                $"a value of its own: it is {there.Description}. museum buttons rename names it"
            );
        if (kind is PressKind.Support && value is < 0 or >= MostKinds)
            throw Wrong("VALUE", Text(value), $"0 to {MostKinds - 1}, what the kiosk sends as type");
        var next = known.Max(type => type.Value) + 1;
        if (kind is PressKind.Rating && next > KioskButtons.LongestScale)
            throw Wrong("VALUE", Text(value), "no more: the scale is as long as it can be");
        if (kind is PressKind.Rating && value != next)
            throw Wrong("VALUE", Text(value), $"{next}, the next of the scale: a scale has no gaps");
    }

    private static MuseumException Wrong(string what, string found, string expected) =>
        new(ExitCode.Usage, $"{what}: found '{found}', expected {expected}");
}
