using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>The effect of other people's constraints, indexes and triggers on a stream.</summary>
public abstract partial class StreamContract
{
    [Fact]
    public async Task A_unique_index_of_somebody_elses_sets_the_message_at_fault_aside()
    {
        await Database.QueryAsync("create unique index one_an_instant on rating_instance (rating_created_at)");
        var claim = await ClaimAsync();

        Assert.Empty(await LoadAsync(claim, Rating(0), Rating(1), Rating(0), Rating(2)).WaitAsync(Soon, Cancel));

        await AssertBalancedAsync(3, 0, 1);
        var held = (await Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel)).Single();
        Assert.Equal((2L, Reason.RefusedByDatabase), (held.Position, held.Reason));
    }

    [Fact]
    public async Task A_refusal_the_database_refuses_is_kept_bare()
    {
        await Database.AddRuleAsync("quarantine", "{0}detail <> ''");
        await Database.AddRuleAsync("rating_instance", "{0}rating_type_id = 5");
        var claim = await ClaimAsync();

        Assert.Empty(await LoadAsync(claim, Rating(0), BadHelp(1), Rating(2, 4), Rating(3)).WaitAsync(Soon, Cancel));

        await AssertBalancedAsync(2, 0, 2);
        var held = await Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel);
        Assert.Equal(
            [(1L, Reason.UnknownSite, true), (2, Reason.RefusedByDatabase, false)],
            held.Select(row => (row.Position, row.Reason, row.PossibleHelp))
        );
        Assert.All(held, row => Assert.Equal((true, "", null), (row.Raw.Length > 0, row.Detail, row.Site)));
    }

    [Fact]
    public async Task Where_the_database_refuses_even_that_the_run_ends_and_names_the_message()
    {
        await Database.AddRuleAsync("quarantine", "{0}raw_length > 0");
        var claim = await ClaimAsync();

        var end = await Assert.ThrowsAsync<MuseumException>(() =>
            LoadAsync(claim, Rating(0), Rating(1), Broken, Rating(3)).WaitAsync(Soon, Cancel)
        );

        Assert.Equal(ExitCode.Service, end.ExitCode);
        Assert.Contains("lmnh:0, offset 2", end.Message, StringComparison.Ordinal);
        Assert.Equal(2, claim.NextOffset);
        await AssertBalancedAsync(2, 0, 0);
    }
}
