using System.Globalization;
using MuseumPipeline.Tests.Servers;

// Stands before the PostgreSQL server on the port given, prints the port it listens on, and then breaks what the lines
// of its input say:
// commit-lost, answer-lost, commit-held or answer-held (the next COMMIT; held until the client is killed), cut (every
// connection), refuse and accept
// (new ones), silent and heard (all). After each it says how many COMMITs it broke.
await using var proxy = new TcpProxy(int.Parse(args[0], CultureInfo.InvariantCulture));
Console.WriteLine(proxy.Port);
while (await Console.In.ReadLineAsync() is { } word)
{
    switch (word)
    {
        case "commit-lost":
            proxy.BreakNextCommit(CommitFault.CommitLost);
            break;
        case "answer-lost":
            proxy.BreakNextCommit(CommitFault.AnswerLost);
            break;
        case "commit-held":
            proxy.BreakNextCommit(CommitFault.CommitHeld);
            break;
        case "answer-held":
            proxy.BreakNextCommit(CommitFault.AnswerHeld);
            break;
        case "silent":
            proxy.Silence(true);
            break;
        case "heard":
            proxy.Silence(false);
            break;
        case "cut":
            proxy.CutAll();
            break;
        case "refuse":
            await proxy.RefuseAsync();
            break;
        case "accept":
            proxy.Accept();
            break;
        default:
            break;
    }
    Console.WriteLine(proxy.CommitFaults);
}
