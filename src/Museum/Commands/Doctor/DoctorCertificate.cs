using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Npgsql;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Finds which check a database server's certificate failed. Npgsql does not say, so the handshake is repeated
/// with a callback that inspects the certificate and always refuses: nothing, and no password, is ever sent over this
/// connection.</summary>
internal sealed class DoctorCertificate
{
    private readonly PostgresSettings _settings;
    private Explanation? _found;

    private DoctorCertificate(PostgresSettings settings) => _settings = settings;

    /// <summary>The explanation, or null if <paramref name="error"/> was not about the certificate.</summary>
    public static async Task<Explanation?> ExamineAsync(
        PostgresSettings settings,
        Exception error,
        CancellationToken cancel
    )
    {
        if (Causes.Within<AuthenticationException>(error) is null)
            return null;
        var certificate = new DoctorCertificate(settings);
        var connection = settings.ConnectionString();
        connection.SslMode = SslMode.Require;
        connection.RootCertificate = null;
        connection.Password = null;
        connection.Pooling = false;
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString);
        builder.UseSslClientAuthenticationOptionsCallback(options =>
            options.RemoteCertificateValidationCallback = certificate.Look
        );
        try
        {
            await using var source = builder.Build();
            await using var refused = await source.OpenConnectionAsync(cancel);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or CryptographicException) { }
        return certificate._found;
    }

    private bool Look(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is X509Certificate2 presented)
            _found = Judge(presented, chain, errors);
        return false;
    }

    private Explanation? Judge(X509Certificate2 presented, X509Chain? sent, SslPolicyErrors errors)
    {
        var (host, server) = (_settings.Key("HOST"), $"{_settings.Host}:{_settings.Port}");
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (_settings.RootCertificate is { } file)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        }
        foreach (var link in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(link.Certificate);
        if (!chain.Build(presented))
            return Untrusted(server, chain);
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return null;
        var names = presented
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames())
            .ToList();
        return new(
            $"the certificate of {server} is for "
                + $"{(names.Count > 0 ? string.Join(", ", names) : presented.Subject)}, not for {_settings.Host}",
            [host],
            $"put the name that is in the certificate into {host} (for RDS the endpoint ending in "
                + $".rds.amazonaws.com, not its address)"
        );
    }

    private Explanation Untrusted(string server, X509Chain chain)
    {
        if (chain.ChainStatus.Any(s => s.Status == X509ChainStatusFlags.NotTimeValid))
            return new(
                $"the certificate of {server} has expired or is not valid yet",
                [_settings.Key("HOST")],
                "renew it at the server, and check this machine's clock"
            );
        var trusted = _settings.RootCertificate is { } file ? $"those in {file}" : "those this machine trusts";
        return new(
            $"the certificate of {server} is signed by none of the authorities trusted here: {trusted}",
            [_settings.Key("CA")],
            $"set {_settings.Key("CA")} to the file of the authority that signed it (for RDS: Amazon's "
                + $"global-bundle.pem)"
        );
    }
}
