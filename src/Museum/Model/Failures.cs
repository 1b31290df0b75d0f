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

/// <summary>An error for people: says what was found, what was expected, where, and what to do. Ends the
/// command.</summary>
internal class MuseumException : Exception
{
    public MuseumException(ExitCode exitCode, string message, Exception? inner = null)
        : base(message, inner) => (ExitCode, Explanation) = (exitCode, new Explanation(message, []));

    public MuseumException(ExitCode exitCode, Explanation explanation, Exception? inner = null)
        : base(explanation.Text, inner) => (ExitCode, Explanation) = (exitCode, explanation);

    /// <summary>The same in parts, for programs.</summary>
    public Explanation Explanation { get; }

    /// <summary>The process's exit code.</summary>
    public ExitCode ExitCode { get; }
}

/// <summary>A service refuses us, or cannot be trusted. At the start this ends the command; later the command waits and
/// says so, because the right may be granted again.</summary>
internal sealed class ServiceRefusedException : MuseumException
{
    public ServiceRefusedException(string message, Exception? inner = null)
        : base(ExitCode.Service, message, inner) { }

    public ServiceRefusedException(Explanation explanation)
        : base(ExitCode.Service, explanation) { }
}

/// <summary>A temporary fault of a service: the same work can be retried from the last committed position.</summary>
internal sealed class TransientException(string message, Exception? inner = null) : Exception(message, inner);
