using System.Text.RegularExpressions;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql.Audit;

/// <summary>Takes somebody out of everything that is kept. The word that stands in place of the name is nobody's, and the
/// same everywhere, so that what one person did stays together.</summary>
/// <param name="name">In small letters.</param>
internal sealed class Erasure(SqlSession session, string name)
{
    private static readonly string[] Whole =
    [
        "update audit_actor set name = 'erased ' || actor_id, provider = '', address = '' where lower(name) = @name",
        "update operator_action set who = @nobody where lower(who) = @name",
        "update operator_action set target = 'user ' || @nobody where target = 'user ' || @name",
        "update incident_action set who = @nobody where lower(who) = @name",
        "update annotation set who = @nobody where lower(who) = @name",
        "delete from session_end where name = @name",
        "delete from dashboard_user where name = @name",
    ];

    /// <summary>Texts that people typed, with their keys.</summary>
    private static readonly (string Table, string Key, string Text)[] Texts =
    [
        ("operator_action", "action_id", "detail"),
        ("incident_action", "incident_action_id", "note"),
        ("annotation", "annotation_id", "note"),
    ];

    private readonly string nobody = $"erased {Guid.NewGuid():N}";

    /// <summary>Not inside another word: Ada is not in Canada.</summary>
    private readonly Regex word = new(
        $@"(?<![\p{{L}}\p{{Nd}}]){Regex.Escape(name)}(?![\p{{L}}\p{{Nd}}])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    );

    /// <summary>False if nothing had the name.</summary>
    public async Task<bool> RunAsync(OperatorMove move)
    {
        var written = 0;
        foreach (var sql in Whole)
            written += await session.ExecuteAsync(sql, ("name", name), ("nobody", nobody));
        foreach (var (table, key, text) in Texts)
            written += await RewriteAsync(table, key, text);
        if (written > 0)
            await session.RecordAsync($"user {nobody}", move);
        return written > 0;
    }

    private async Task<int> RewriteAsync(string table, string key, string text)
    {
        var written = 0;
        var rows = await session.ReadAsync(
            $"select {key}, {text} from {table} where {text} <> ''",
            r => (Id: r.Long(), Text: r.Text())
        );
        foreach (var (id, said) in rows.Where(row => word.IsMatch(row.Text)))
            written += await session.ExecuteAsync(
                $"update {table} set {text} = @text where {key} = @id",
                ("text", word.Replace(said, nobody)),
                ("id", id)
            );
        return written;
    }
}
