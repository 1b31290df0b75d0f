using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>Records a run that did not reach its end.</summary>
internal static class RunEnding
{
    public static async Task FinishBadlyAsync(IRuns runs, int runId, Exception e, ILogger log)
    {
        var (state, code) = e switch
        {
            OperationCanceledException => (RunState.Stopped, (int)ExitCode.Interrupted),
            BreakerException => (RunState.Stopped, (int)ExitCode.DataRefused),
            MuseumException museum => (RunState.Failed, (int)museum.ExitCode),
            TransientException or RowRefusedException => (RunState.Failed, (int)ExitCode.Service),
            _ => (RunState.Failed, 1),
        };
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await runs.FinishAsync(
                runId,
                new RunEnd(state, code, e is OperationCanceledException ? "interrupted" : e.Message),
                soon.Token
            );
        }
        catch (Exception second) when (second is TransientException or MuseumException or OperationCanceledException)
        {
            // The run stays open in the ledger and is shown as interrupted.
            log.LogDebug("run {Run} could not be closed: {Problem}", runId, second.Message);
        }
    }
}
