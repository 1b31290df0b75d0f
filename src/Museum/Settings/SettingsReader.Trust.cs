using MuseumPipeline.Settings.Files;

namespace MuseumPipeline.Settings;

internal sealed partial class SettingsReader
{
    /// <summary>Whether a secret of the environment would be sent to an address that only a <c>.env</c> in the working
    /// directory names: whoever left that file there could receive the secret.</summary>
    private bool RevealsTo(string address, params ReadOnlySpan<string> secrets) =>
        _layers.FindExact(secrets) is { } secret
        && !(
            _layers.Find(secret.Key + SecretFiles.Suffix) is { } file
                ? _layers.IsDoubtful(file)
                : _layers.IsDoubtful(secret)
        )
        && _layers.Find(address) is { } named
        && _layers.IsDoubtful(named);

    private void RefuseReveal(string address, string how, params ReadOnlySpan<string> secrets)
    {
        if (!RevealsTo(address, secrets))
            return;
        var (named, secret) = (_layers.Find(address)!.Value, _layers.FindExact(secrets)!.Value);
        Fault(
            address,
            $"{address} is set by {named.Origin} alone, and {secret.Key} ({secret.Origin}) would be sent there as it "
                + $"is ({how}): set {address} where {secret.Key} is set, or name the file: --env-file {named.Origin}"
        );
    }
}
