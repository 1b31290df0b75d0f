using System.Data.Common;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Audit;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteAuditTests() : AuditContract(TestStore.SqliteAsync);

public sealed class PostgresAuditTests(PostgresServer server) : AuditContract(() => TestStore.PostgresAsync(server));

/// <summary>Who did what: only added to, and provable.</summary>
public abstract class AuditContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    private IAudit Audit => Database.Store.Audit;

    protected override async ValueTask BeginAsync() => await Database.Store.Maintenance.MigrateAsync(Cancel);

    private static AuditEntry Entry(int number, string name = "ada") =>
        new(At.AddSeconds(number), "login", new(name, "password", "192.0.2.1"), $"number {number}");

    private Task AddAsync(params int[] numbers) => Audit.AddAsync([.. numbers.Select(n => Entry(n))], Cancel);

    /// <summary>What whoever owns the database can do, and the program cannot.</summary>
    private async Task TamperAsync(string sql)
    {
        if (Database is SqliteTestStore)
        {
            foreach (var trigger in (string[])["audit_event_keep_row", "audit_event_keep"])
                await Database.QueryAsync($"drop trigger {trigger}");
        }
        else
            await Database.QueryAsync("alter table audit_event disable trigger user");
        await Database.QueryAsync(sql);
    }

    [Fact]
    public async Task Rows_follow_one_another_and_are_proved()
    {
        Assert.Equal(new AuditProof(0, new string('0', 64), null), await Audit.VerifyAsync(Cancel));
        await AddAsync(1, 2, 3);

        var rows = await Audit.ListAsync(10, Cancel);
        Assert.Equal(["number 3", "number 2", "number 1"], rows.Select(r => r.Detail));
        Assert.Equal(
            ("ada", "password", "192.0.2.1", At.AddSeconds(3), 1),
            (rows[0].Who, rows[0].Provider, rows[0].Address, rows[0].At, rows[0].Times)
        );
        Assert.Equal(new AuditProof(3, rows[0].Hash, null), await Audit.VerifyAsync(Cancel));
        Assert.Equal(["number 2", "number 3"], (await Audit.AfterAsync(rows[2].Id, 10, Cancel)).Select(r => r.Detail));
    }

    [Fact]
    public async Task Many_rows_at_once_are_one_chain_in_their_order()
    {
        await AddAsync(0);
        await Audit.AddAsync([.. Enumerable.Range(1, 120).Select(n => Entry(n, n % 2 == 0 ? "ada" : "eve"))], Cancel);
        await AddAsync(121);

        var rows = await Audit.ListAsync(200, Cancel);
        Assert.Equal(Enumerable.Range(0, 122).Reverse().Select(n => $"number {n}"), rows.Select(r => r.Detail));
        Assert.Equal(new AuditProof(122, rows[0].Hash, null), await Audit.VerifyAsync(Cancel));
        Assert.All(rows, r => Assert.Equal(r.At.Second % 2 == 0 || r.At == At.AddSeconds(121) ? "ada" : "eve", r.Who));
    }

    [Theory]
    [InlineData("update audit_event set detail = 'nothing' where detail = 'number 2'")]
    [InlineData("update audit_event set at = '2026-11-24T11:00:00.0000000Z' where detail = 'number 2'")]
    [InlineData("delete from audit_event where detail = 'number 2'")]
    [InlineData(
        "update audit_event set actor_id = (select min(actor_id) from audit_actor where name = 'eve') where detail = 'number 2'"
    )]
    public async Task A_row_that_was_changed_or_removed_is_found(string tampering)
    {
        await AddAsync(1, 2, 3);
        await Audit.AddAsync([Entry(4, "eve")], Cancel);
        await TamperAsync(tampering);

        var proof = await Audit.VerifyAsync(Cancel);
        Assert.NotNull(proof.BrokenAt);
        Assert.Equal(1, proof.Rows);
    }

    [Theory]
    [InlineData("update audit_event set detail = 'nothing'")]
    [InlineData("delete from audit_event")]
    [InlineData("update audit_actor set name = 'eve'")]
    public async Task The_database_refuses_to_change_or_remove_one(string sql)
    {
        await AddAsync(1);

        var refused = await Assert.ThrowsAnyAsync<DbException>(() => Database.QueryAsync(sql));
        Assert.Contains("the audit is only added to", refused.Message, StringComparison.Ordinal);
        Assert.Null((await Audit.VerifyAsync(Cancel)).BrokenAt);
    }

    [Fact]
    public async Task Many_at_once_make_one_chain()
    {
        await using var another = Database.Another();
        await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(n => (n % 2 == 0 ? Audit : another.Audit).AddAsync([Entry(n), Entry(n + 100)], Cancel))
        );

        var proof = await Audit.VerifyAsync(Cancel);
        Assert.Equal((24, null), (proof.Rows, proof.BrokenAt));
    }

    [Fact]
    public async Task What_operators_do_is_in_it_and_whom_it_concerns_is_no_part_of_the_chain()
    {
        var move = new OperatorMove("root", "users role", "operator");
        await Database.Store.Users.AddAsync("ada", "viewer", "hash", move with { Command = "users add" }, Cancel);
        await Database.Store.Users.ChangeAsync("ada", "operator", null, move, Cancel);

        var row = (await Audit.ListAsync(1, Cancel)).Single();
        Assert.Equal(
            ("users role", "root", AuditActor.Machine, "ada", "operator"),
            (row.Event, row.Who, row.Provider, row.Subject, row.Detail)
        );
    }

    /// <summary>Una has letters that no pseudonym has, which is a hexadecimal number.</summary>
    [Fact]
    public async Task Whoever_is_erased_is_named_nowhere_and_the_chain_holds()
    {
        var move = new OperatorMove("root", "users add", "viewer");
        await Audit.AddAsync([Entry(1, "una"), Entry(2, "una")], Cancel);
        await Database.Store.Users.AddAsync("una", "viewer", "hash", move, Cancel);

        await Database.Store.OperatorLog.RecordAsync(
            "trip",
            new("root", "note", "Una went to Luna; ask UNA or unable") { Typed = true },
            Cancel
        );

        Assert.True(await Database.Store.Users.EraseAsync("una", move with { Command = "users erase" }, Cancel));
        Assert.False(await Database.Store.Users.EraseAsync("una", move with { Command = "users erase" }, Cancel));

        Assert.Null((await Audit.VerifyAsync(Cancel)).BrokenAt);
        foreach (
            var place in (string[])
                [
                    "select count(*) from audit_actor where name like '%una%' or address = '192.0.2.1'",
                    "select count(*) from operator_action where who like '%una%' or target like '%una%'",
                    "select count(*) from operator_action where lower(detail) like '%una went%' or lower(detail) like '%ask una%'",
                    "select count(*) from incident_action where who like '%una%' or note like '%una%'",
                    "select count(*) from dashboard_user where name = 'una'",
                    "select count(*) from audit_event where detail like '%una%'",
                ]
        )
            Assert.Equal(0, await Database.NumberAsync(place));
        Assert.Equal(
            1,
            await Database.NumberAsync(
                "select count(*) from operator_action where detail like 'erased % went to Luna; ask erased % or unable'"
            )
        );
        Assert.StartsWith("erased ", (await Audit.ListAsync(10, Cancel))[^1].Who, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_old_goes_with_its_people_and_the_chain_begins_behind_it()
    {
        await Audit.AddAsync([Entry(1, "eve"), Entry(2), Entry(3)], Cancel);
        var head = (await Audit.VerifyAsync(Cancel)).Head;

        Assert.Equal(2, await Audit.RetireAsync(At.AddSeconds(3), Cancel));
        Assert.Equal(0, await Audit.RetireAsync(At.AddSeconds(3), Cancel));

        var proof = await Audit.VerifyAsync(Cancel);
        Assert.Equal((1, head, null), (proof.Rows, proof.Head, proof.BrokenAt));
        Assert.NotNull(proof.RetiredThrough);
        Assert.Equal(0, await Database.NumberAsync("select count(*) from audit_actor where name = 'eve'"));
        Assert.Equal(1, await Audit.RetireAsync(At.AddSeconds(9), Cancel));
        await AddAsync(10);
        proof = await Audit.VerifyAsync(Cancel);
        Assert.Equal((1, null), (proof.Rows, proof.BrokenAt));
    }

    /// <summary>Each has people in common with the other, named in another order.</summary>
    [Fact]
    public async Task Two_that_name_the_same_people_the_other_way_round_do_not_wait_for_each_other_for_ever()
    {
        await using var another = Database.Another();
        for (var round = 0; round < 10; round++)
            await Task.WhenAll(
                Audit.AddAsync([Entry(round, $"a{round}"), Entry(round, $"b{round}")], Cancel),
                another.Audit.AddAsync([Entry(round, $"b{round}"), Entry(round, $"a{round}")], Cancel)
            );
        Assert.Equal((40, null), ((await Audit.VerifyAsync(Cancel)).Rows, (await Audit.VerifyAsync(Cancel)).BrokenAt));
    }
}
