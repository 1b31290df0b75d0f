using System.Data.Common;
using System.Globalization;
using System.Net;
using MuseumPipeline.Model;
using Npgsql;

namespace MuseumPipeline.Settings;

/// <summary>Where the original's database is: <c>postgresql://USER@HOST:PORT/DATABASE</c>, libpq's <c>host=…
/// dbname=…</c>, or the schema of the database that is configured anyway.</summary>
internal static class ImportAddress
{
    public const string Example = "postgresql://USER@HOST:PORT/DATABASE";

    /// <summary>The schema of the original's tables unless the address names another.</summary>
    public const string UsualSchema = "public";

    /// <summary>Null where the text is a bare word: a schema.</summary>
    /// <exception cref="MuseumException">It is neither, or holds a password.</exception>
    public static PostgresSettings? Parse(string text, Secret? password)
    {
        if (text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_'))
            return null;
        var values = text.Contains("://", StringComparison.Ordinal) ? OfUri(text) : OfWords(text);
        if (values.ContainsKey("password"))
            throw new MuseumException(
                ExitCode.Usage,
                "--from: found a password, which everybody on this machine can read there; expected none: set "
                    + "IMPORT_PASSWORD or IMPORT_PASSWORD_FILE, or write it into ~/.pgpass"
            );
        foreach (var key in values.Keys.Except(["host", "port", "dbname", "user", "sslmode", "sslrootcert", "schema"]))
            throw Wrong(key, "one of host, port, dbname, user, sslmode, sslrootcert, schema");
        var host = values.GetValueOrDefault("host") ?? "localhost";
        return new(DatabaseSettings.Import)
        {
            Host = host,
            Port = PortOf(values.GetValueOrDefault("port") ?? "5432"),
            Name = values.GetValueOrDefault("dbname") ?? throw Wrong(text, $"a database's name, as {Example}"),
            Username = values.GetValueOrDefault("user") ?? Environment.UserName,
            Password = password,
            Schema = values.GetValueOrDefault("schema") ?? UsualSchema,
            SslMode = SslOf(values.GetValueOrDefault("sslmode") ?? (IsHere(host) ? "prefer" : "verify-full")),
            RootCertificate = values.GetValueOrDefault("sslrootcert"),
        };
    }

    private static Dictionary<string, string> OfUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw Wrong(text.Contains('@', StringComparison.Ordinal) ? "another address" : text, Example);
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            values["user"] = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            values["password"] = "";
        if (uri.Host.Length > 0)
            values["host"] = uri.Host.Trim('[', ']');
        if (uri.Port > 0)
            values["port"] = uri.Port.ToString(CultureInfo.InvariantCulture);
        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } name)
            values["dbname"] = Uri.UnescapeDataString(name);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            values[parts[0]] = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
        }

        return values;
    }

    private static Dictionary<string, string> OfWords(string text)
    {
        // libpq separates its words by spaces, .NET by semicolons: both are understood.
        var reader = new DbConnectionStringBuilder();
        try
        {
            reader.ConnectionString = text.Contains(';', StringComparison.Ordinal)
                ? text
                : string.Join(';', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (ArgumentException)
        {
            throw Wrong("something else", $"{Example}, or host=… port=… dbname=… user=…");
        }

        return reader
            .Keys.Cast<string>()
            .ToDictionary(key => Libpq(key), key => $"{reader[key]}", StringComparer.OrdinalIgnoreCase);
    }

    private static string Libpq(string key) =>
        key.ToLowerInvariant() switch
        {
            "server" => "host",
            "database" => "dbname",
            "username" or "user id" => "user",
            "pwd" => "password",
            var same => same,
        };

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw Wrong(text, "a port, 1 to 65535");

    private static SslMode SslOf(string text) =>
        Enum.TryParse<SslMode>(text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode)
            ? mode
            : throw Wrong(text, "one of disable, prefer, require, verify-ca, verify-full");

    private static bool IsHere(string host) =>
        host == "localhost"
        || host.StartsWith('/')
        || (IPAddress.TryParse(host, out var at) && IPAddress.IsLoopback(at));

    private static MuseumException Wrong(string found, string expected) =>
        new(ExitCode.Usage, $"--from: found '{found}', expected {expected}");
}
