using System.Globalization;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Kafka;

/// <summary>Why the brokers could not be used: from the client library's errors, and from what the port itself
/// speaks.</summary>
internal static class KafkaRefusal
{
    /// <summary>A <see cref="MuseumException"/> where waiting would not help, otherwise a
    /// <see cref="TransientException"/>.</summary>
    public static async Task<Exception> ExplainAsync(
        KafkaSettings settings,
        IReadOnlyList<Error> errors,
        CancellationToken cancel
    )
    {
        var addresses = settings.BootstrapServers.Split(',');
        var listeners = await Task.WhenAll(
            addresses.Select(a =>
                KafkaListener.ExamineAsync(a, settings.Extra.GetValueOrDefault("ssl.ca.location"), cancel)
            )
        );
        var listener =
            listeners.FirstOrDefault(l => l.Mechanisms is not null)
            ?? listeners.FirstOrDefault(l => l.Answers)
            ?? listeners[0];
        return (listener.Answers ? Mismatch(settings, listener) ?? Certificate(settings, listener, errors) : null)
            ?? Login(settings, listener, errors)
            ?? Away(settings, listener, errors);
    }

    public static MuseumException Of(
        KafkaSettings settings,
        string found,
        string fix,
        IReadOnlyList<string> keys,
        ExitCode code = ExitCode.Service
    )
    {
        var explanation = new Explanation($"Kafka at {settings.Describe}: {found}", keys, fix);
        return code is ExitCode.Service
            ? new ServiceRefusedException(explanation)
            : new MuseumException(code, explanation);
    }

    public static string Who(KafkaSettings settings) =>
        settings.Username is { } user ? $"the user '{user}'"
        : settings.LogsIn ? "the token's user"
        : "an anonymous client";

    // The port speaks a protocol other than SECURITY_PROTOCOL.
    private static MuseumException? Mismatch(KafkaSettings settings, KafkaListener listener)
    {
        var at = listener.Address;
        if (listener.Tls && !settings.Encrypted)
        {
            return Of(
                settings,
                $"{at} speaks TLS, and SECURITY_PROTOCOL is {settings.ProtocolName}, which does not",
                $"set SECURITY_PROTOCOL={(listener.Mechanisms is { Count: 0 } ? "SSL" : "SASL_SSL")}, or let "
                    + $"BOOTSTRAP_SERVERS name the port of the brokers' {settings.ProtocolName} listener",
                ["SECURITY_PROTOCOL", "BOOTSTRAP_SERVERS"]
            );
        }
        if (listener.Mechanisms is not { } mechanisms)
            return null;
        if (!listener.Tls && settings.Encrypted)
        {
            return Of(
                settings,
                $"{at} does not speak TLS, and SECURITY_PROTOCOL is {settings.ProtocolName}, which does",
                $"let BOOTSTRAP_SERVERS name the port of the brokers' {settings.ProtocolName} listener, or set "
                    + $"SECURITY_PROTOCOL={(mechanisms.Count == 0 ? "PLAINTEXT" : "SASL_PLAINTEXT")}",
                ["SECURITY_PROTOCOL", "BOOTSTRAP_SERVERS"]
            );
        }
        if (mechanisms.Count > 0 && !settings.LogsIn)
        {
            return Of(
                settings,
                $"{at} wants a login ({string.Join(", ", mechanisms)}), and SECURITY_PROTOCOL is "
                    + $"{settings.ProtocolName}, which has none",
                $"set SECURITY_PROTOCOL={(listener.Tls ? "SASL_SSL" : "SASL_PLAINTEXT")} with SASL_MECHANISM, "
                    + $"USERNAME and PASSWORD",
                ["SECURITY_PROTOCOL", "SASL_MECHANISM", "USERNAME", "PASSWORD"]
            );
        }
        if (mechanisms.Count == 0 && settings.LogsIn)
        {
            return Of(
                settings,
                $"{at} has no login, and SECURITY_PROTOCOL is {settings.ProtocolName}, which needs one",
                $"set SECURITY_PROTOCOL={(listener.Tls ? "SSL" : "PLAINTEXT")} and remove SASL_MECHANISM, "
                    + $"USERNAME and PASSWORD, or let BOOTSTRAP_SERVERS name the port of the brokers' "
                    + $"{settings.ProtocolName} listener",
                ["SECURITY_PROTOCOL", "SASL_MECHANISM", "USERNAME", "PASSWORD", "BOOTSTRAP_SERVERS"]
            );
        }
        return settings.MechanismName is { } ours && mechanisms.Count > 0 && !mechanisms.Contains(ours)
            ? Of(
                settings,
                $"{at} does not offer the mechanism {ours}; it offers {string.Join(", ", mechanisms)}",
                "set SASL_MECHANISM to one of these",
                ["SASL_MECHANISM"]
            )
            : null;
    }

    // The library only says that a certificate could not be verified; looking at it shows which check failed.
    private static MuseumException? Certificate(
        KafkaSettings settings,
        KafkaListener listener,
        IReadOnlyList<Error> errors
    )
    {
        if (!settings.Encrypted || errors.FirstOrDefault(e => e.Code == ErrorCode.Local_Ssl) is not { } error)
            return null;
        if (
            !error.Reason.Contains("certificate verify failed", StringComparison.Ordinal)
            || listener.Certificate is not { } certificate
        )
        {
            return Of(
                settings,
                $"TLS with {listener.Address} fails: {Brief(error)}",
                "check the KAFKA_SSL_ settings; a broker may want a certificate of the client "
                    + "(KAFKA_SSL_CERTIFICATE_LOCATION, KAFKA_SSL_KEY_LOCATION)",
                ["BOOTSTRAP_SERVERS"]
            );
        }
        if (!certificate.InTime)
        {
            return Of(
                settings,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the certificate of {listener.Address} is for {certificate.NotBefore:yyyy-MM-ddTHH:mm:ssZ} "
                        + $"to {certificate.NotAfter:yyyy-MM-ddTHH:mm:ssZ}: it has expired or is not valid yet"
                ),
                "renew it at the broker, and check this machine's clock",
                ["BOOTSTRAP_SERVERS"]
            );
        }
        if (certificate.Trusted)
        {
            return Of(
                settings,
                $"the certificate of {listener.Address} is for {string.Join(", ", certificate.Names)}, not for "
                    + $"the name it is called by",
                "let BOOTSTRAP_SERVERS use a name that is in the certificate",
                ["BOOTSTRAP_SERVERS"]
            );
        }
        var trusted = settings.Extra.GetValueOrDefault("ssl.ca.location") is { } file
            ? $"those in {file}"
            : "those this machine trusts";
        return Of(
            settings,
            $"the certificate of {listener.Address} is signed by {certificate.Issuer}, which is not one of the "
                + $"authorities trusted here: {trusted}",
            "set KAFKA_SSL_CA_LOCATION to the file (PEM) of the authority that signed it",
            ["BOOTSTRAP_SERVERS"]
        );
    }

    private static MuseumException? Login(KafkaSettings settings, KafkaListener listener, IReadOnlyList<Error> errors)
    {
        if (
            errors.FirstOrDefault(e => e.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
            is not { } error
        )
            return null;
        return settings.SaslMechanism == SaslMechanism.OAuthBearer
            ? Of(
                settings,
                $"{listener.Address} or its token server does not accept the login: {Brief(error)}",
                "check the KAFKA_SASL_OAUTHBEARER_ settings",
                ["BOOTSTRAP_SERVERS"]
            )
            : Of(
                settings,
                $"{listener.Address} does not accept the login: the user '{settings.Username}' is unknown there "
                    + $"by {settings.MechanismName}, or the password is wrong (Kafka does not tell which)",
                "check USERNAME and PASSWORD",
                ["USERNAME", "PASSWORD"]
            );
    }

    private static Exception Away(KafkaSettings settings, KafkaListener listener, IReadOnlyList<Error> errors)
    {
        var resolving = errors.Where(e => e.Code == ErrorCode.Local_Resolve).ToList();
        if (
            resolving.Count > 0
            && !listener.Answers
            && errors.All(e => e.Code is ErrorCode.Local_Resolve or ErrorCode.Local_AllBrokersDown)
            && resolving.TrueForAll(e => e.Reason.Contains("not known", StringComparison.Ordinal))
        )
        {
            return Of(
                settings,
                $"there is no machine with the name in {listener.Address}",
                "correct BOOTSTRAP_SERVERS",
                ["BOOTSTRAP_SERVERS"],
                ExitCode.Configuration
            );
        }
        if (listener.Answers && listener.Mechanisms is null)
            return new TransientException(
                $"{listener.Address} accepts connections but does not answer as Kafka does. If it stays so, check "
                    + $"the port in BOOTSTRAP_SERVERS"
            );
        var said = errors.FirstOrDefault(e => e.Code != ErrorCode.Local_AllBrokersDown) is { } error
            ? Brief(error)
            : "no answer in time";
        return new TransientException(
            $"Kafka at {settings.Describe} cannot be reached ({said}). If it stays so, check BOOTSTRAP_SERVERS "
                + $"and that the brokers run"
        );
    }

    // "sasl_ssl://host:port/bootstrap: what happened (after 3ms in state CONNECT)": only the middle part.
    private static string Brief(Error error)
    {
        var text = error.Reason;
        var start = text.IndexOf("/bootstrap: ", StringComparison.Ordinal);
        var end = text.LastIndexOf(" (after ", StringComparison.Ordinal);
        if (end > 0)
            text = text[..end];
        return KeyText.Show(start < 0 ? text : text[(start + "/bootstrap: ".Length)..]);
    }
}
