using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>What became of a call that somebody could have answered.</summary>
internal enum CallAnswer
{
    Any,

    /// <summary>Somebody went, or it was resolved at once.</summary>
    Answered,
    Unanswered,

    /// <summary>Since going and resolving are two actions, somebody resolved it.</summary>
    Resolved,
}

/// <summary>The calls of a selection that came from streams, as the response times count them.</summary>
internal static class AnsweredCalls
{
    public static async Task<IReadOnlyList<HelpResponse>> ReadAsync(
        Selection selection,
        IHelpCalls calls,
        CancellationToken cancel
    )
    {
        var (from, before) = selection.Instants();
        var mine = selection.Exhibitions.Select(e => e.Card.Id).ToHashSet();
        return
        [
            .. (await calls.ResponsesAsync(selection.Cube.Museum.Id, from, before, cancel)).Where(call =>
                mine.Contains(call.ExhibitionId) && selection.Hours?.Has(call.At, selection.Cube.Zone) != false
            ),
        ];
    }

    public static bool Is(this HelpResponse call, CallAnswer answer) =>
        answer switch
        {
            CallAnswer.Any => true,
            CallAnswer.Answered => call.AnsweredAt is not null,
            CallAnswer.Unanswered => call.AnsweredAt is null,
            _ => call.ResolvedAt is not null,
        };
}
