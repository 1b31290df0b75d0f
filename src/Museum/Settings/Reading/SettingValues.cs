using System.Globalization;
using System.Net;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Settings.Files;

namespace MuseumPipeline.Settings.Reading;

/// <summary>Reads single settings as what they should be. A value that isn't is a fault, and reads as not set; the
/// faults are reported together.</summary>
internal sealed class SettingValues
{
    public const int ShortestSecret = 32;
    private const int ShortestRandom = 12;
    private readonly List<string> _faults = [];
    private readonly List<string> _keys = [];
    private readonly List<Secret> _secrets = [];
    private readonly List<string> _warnings = [];

    public SettingValues(SettingLayers layers) => Layers = SecretFiles.Resolve(layers, _faults);

    public SettingLayers Layers { get; }

    /// <exception cref="MuseumException">Exit code <see cref="ExitCode.Configuration"/>; the message lists every
    /// fault.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count == 0)
            return;
        var many = _faults.Count == 1 ? "1 fault" : $"{_faults.Count} faults";
        var message = $"the configuration has {many}:{string.Concat(_faults.Select(f => "\n  " + f))}";
        throw new MuseumException(
            ExitCode.Configuration,
            new Explanation(new Redactor(_secrets).Redact(message), [.. _keys.Distinct()])
        );
    }

    /// <summary>What works, and should be otherwise.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public void Warn(string text) => _warnings.Add(text);

    /// <summary>Keeps these out of the message about the faults.</summary>
    public void Hide(IEnumerable<Secret> secrets) => _secrets.AddRange(secrets);

    public SettingValue? Found(string key) =>
        SettingKeys.Login.Contains(key) ? Layers.FindLogin(key) : Layers.Find(key);

    public string? Text(params ReadOnlySpan<string> keys) => Layers.Find(keys)?.Value;

    public Secret? Hidden(params ReadOnlySpan<string> keys)
    {
        if (Layers.FindExact(keys)?.Value is not { } value)
            return null;
        var secret = new Secret(value);
        _secrets.Add(secret);
        return secret;
    }

    /// <summary>Nobody may guess it by trying.</summary>
    public Secret? LongSecret(string key)
    {
        var secret = Hidden(key);
        if (secret is null || secret.Reveal().Length >= ShortestSecret)
            return secret;
        Fault(
            key,
            $"{key} is too short: expected {ShortestSecret} characters or more, as made by: openssl rand -hex 32"
        );
        return null;
    }

    public string? ExistingFile(string key, string expected)
    {
        if (Layers.Find(key) is not { } found)
            return null;
        var path = Path.GetFullPath(found.Value, Layers.WorkingDirectory);
        return File.Exists(path) ? path : Wrong<string>(found, expected);
    }

    public string? Choice(string key, IReadOnlyList<string> allowed)
    {
        if (Layers.Find(key) is not { } found)
            return null;
        var value = found.Value.ToLowerInvariant();
        return allowed.Contains(value) ? value : Wrong<string>(found, $"one of {string.Join(", ", allowed)}");
    }

    public T? Named<T>(string key, IReadOnlyDictionary<string, T> allowed)
        where T : struct
    {
        if (Layers.Find(key) is not { } found)
            return null;
        if (allowed.TryGetValue(found.Value, out var value))
            return value;
        Wrong<string>(found, $"one of {string.Join(", ", allowed.Keys)}");
        return null;
    }

    public bool? Flag(string key)
    {
        if (Layers.Find(key) is not { } found)
            return null;
        switch (found.Value.ToLowerInvariant())
        {
            case "true" or "yes" or "on" or "1":
                return true;
            case "false" or "no" or "off" or "0":
                return false;
            default:
                Wrong<string>(found, "true or false");
                return null;
        }
    }

    public int? Whole(string key, int least, int most)
    {
        if (Layers.Find(key) is not { } found)
            return null;
        if (
            int.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;
        Wrong<string>(found, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
        return null;
    }

    public double? Share(string key)
    {
        if (Layers.Find(key) is not { } found)
            return null;
        if (
            double.TryParse(found.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and <= 1
        )
            return value;
        Wrong<string>(found, "a number above 0 and up to 1, such as 0.9");
        return null;
    }

    /// <summary>A port alone listens on this machine only; to be reachable from others, name an address.</summary>
    public IPEndPoint? Address(string key)
    {
        if (Layers.Find(key) is not { } found)
            return null;
        const string expected =
            "an address and a port such as 127.0.0.1:8081, or a port alone, which only this machine can reach";
        var text = found.Value.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)
            ? found.Value["localhost".Length..]
            : found.Value;
        var port = text.StartsWith(':') ? text[1..] : text;
        if (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var alone))
            return alone > 0 ? new(IPAddress.Loopback, alone) : Wrong<IPEndPoint>(found, expected);
        return IPEndPoint.TryParse(text, out var address) && address.Port > 0
            ? address
            : Wrong<IPEndPoint>(found, expected);
    }

    /// <summary>Npgsql would take a colon or a comma for something else.</summary>
    public string? Host(string key)
    {
        if (Layers.Find(key) is not { } found)
            return null;
        return found.Value.StartsWith('/') || Uri.CheckHostName(found.Value) is not UriHostNameType.Unknown
            ? found.Value
            : Wrong<string>(
                found,
                "one server's name or address, without a scheme and without the port, which has a setting of its own"
            );
    }

    /// <summary>Encrypted, or on this machine only; and without a password in it, which would appear in logs.</summary>
    public Uri? SafeAddress(SettingValue found)
    {
        if (!Uri.TryCreate(found.Value, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return Wrong<Uri>(found, "an address such as https://login.example.org");
        if (address.UserInfo.Length > 0)
        {
            Fault(found.Key, $"{found.Key} ({found.Origin}): holds a user name or password, which must not be there");
            return null;
        }

        return address.Scheme == "https" || address.IsLoopback
            ? address
            : Wrong<Uri>(found, "https: plain http may not leave this machine");
    }

    /// <summary>An address that is a secret as a whole: it is named in no message.</summary>
    public Secret? SecretAddress(string key)
    {
        if (Hidden(key) is not { } secret)
            return null;
        if (
            Uri.TryCreate(secret.Reveal(), UriKind.Absolute, out var address)
            && (address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))
        )
            return secret;
        Fault(key, $"{key} ({Origin(key)}): expected an https address, as the service gives it");
        return null;
    }

    public UnixFileMode FileMode() =>
        Choice("MUSEUM_FILE_MODE", ["0600", "0640", "0660"]) switch
        {
            "0640" => OwnFile.Usual | UnixFileMode.GroupRead,
            "0660" => OwnFile.Usual | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            _ => OwnFile.Usual,
        };

    public bool Any(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Layers.Find(key) is not null)
                return true;
        }
        return false;
    }

    public void Together(string one, string other)
    {
        var (missing, there) = Layers.Find(one) is null ? (one, other) : (other, one);
        if (Layers.Find(missing) is null && Layers.Find(there) is { } found)
            Fault(missing, $"{missing} is not set, and {there} ({found.Origin}) needs it: set both, or neither");
    }

    /// <summary>Whether a secret of the environment would be sent to an address that only a <c>.env</c> in the working
    /// directory names: whoever left that file there could receive the secret.</summary>
    public bool RevealsTo(string address, params ReadOnlySpan<string> secrets) =>
        Layers.FindExact(secrets) is { } secret
        && !(
            Layers.Find(secret.Key + SecretFiles.Suffix) is { } file
                ? Layers.IsDoubtful(file)
                : Layers.IsDoubtful(secret)
        )
        && Layers.Find(address) is { } named
        && Layers.IsDoubtful(named);

    public void RefuseReveal(string address, string how, params ReadOnlySpan<string> secrets)
    {
        if (!RevealsTo(address, secrets))
            return;
        var (named, secret) = (Layers.Find(address)!.Value, Layers.FindExact(secrets)!.Value);
        Fault(
            address,
            $"{address} is set by {named.Origin} alone, and {secret.Key} ({secret.Origin}) would be sent there as it "
                + $"is ({how}): set {address} where {secret.Key} is set, or name the file: --env-file {named.Origin}"
        );
    }

    public T? Wrong<T>(SettingValue found, string expected)
        where T : class
    {
        Fault(found.Key, $"{found.Key} ({found.Origin}): found '{Shown(found.Value)}', expected {expected}");
        return null;
    }

    public string Origin(string key) => Layers.Find(key)!.Value.Origin;

    public void Fault(string key, string text)
    {
        _keys.Add(key);
        _faults.Add(text);
    }

    /// <summary>A value that looks like a key or token was meant for another setting, and is not shown.</summary>
    private static string Shown(string value) =>
        value.Length >= ShortestRandom
        && value.Any(char.IsAsciiDigit)
        && value.Any(char.IsAsciiLetter)
        && !value.StartsWith('/')
        && value.All(c =>
            char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=' or '!' or '#' or '$' or '%' or '&' or '*'
        )
            ? $"*** ({value.Length} characters)"
            : value;
}
