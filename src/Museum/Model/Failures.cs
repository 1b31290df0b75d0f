namespace MuseumPipeline.Model;

/// <summary>How the process ends; documented in the README.</summary>
public enum ExitCode
{
    Done = 0,
    Usage = 2,
    Configuration = 3,
    Service = 4,
    DataRefused = 5,
    Interrupted = 130,
    Terminated = 143,
}

/// <summary>An error meant for a person: says what was found, what was expected, where, and what to do. Ends the
/// command.</summary>
internal class MuseumException : Exception
{
    public MuseumException(ExitCode exitCode, string message, Exception? inner = null)
        : base(message, inner) => (ExitCode, Explanation) = (exitCode, new Explanation(message, []));

    public MuseumException(ExitCode exitCode, Explanation explanation, Exception? inner = null)
        : base(explanation.Text, inner) => (ExitCode, Explanation) = (exitCode, explanation);

    /// <summary>The same in parts, for programs.</summary>
    public Explanation Explanation { get; }

    /// <summary>What the process exits with.</summary>
    public ExitCode ExitCode { get; }
}

/// <summary>A service knows us and refuses us, or cannot be trusted: at the start the command ends, while it runs it
/// waits and says so, because what was taken away may be given back.</summary>
internal sealed class ServiceRefusedException : MuseumException
{
    public ServiceRefusedException(string message, Exception? inner = null)
        : base(ExitCode.Service, message, inner) { }

    public ServiceRefusedException(Explanation explanation)
        : base(ExitCode.Service, explanation) { }
}

/// <summary>A fault of the surroundings that passes: the same work may be tried again from the last committed
/// position.</summary>
internal sealed class TransientException(string message, Exception? inner = null) : Exception(message, inner);
