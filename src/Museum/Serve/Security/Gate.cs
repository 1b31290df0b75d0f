using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security;

/// <summary>How people come in, decided once at start; nothing listens before it is.</summary>
/// <param name="AlwaysLogin">False: a login is asked for as soon as there is a user.</param>
/// <param name="ThisMachineOnly">Only this machine's own names may be in the address bar: a name of somebody else's
/// that leads here would let their page in.</param>
internal sealed record Gate(bool AlwaysLogin, bool ThisMachineOnly, ServeSettings Settings)
{
    /// <summary>Without users, whoever reaches this machine's own address is an operator.</summary>
    public bool Open => Settings.LoginPublic && !AlwaysLogin;

    /// <exception cref="MuseumException">The address would be open to others, without a login or without
    /// encryption.</exception>
    public static async Task<Gate> DecideAsync(DashboardOptions options, IUsers users, CancellationToken cancel)
    {
        var settings = options.Serve;
        var (others, always, _, missing) = Admission.Of(
            options.Listen,
            settings,
            (await users.ListAsync(cancel)).Count > 0
        );
        if (missing.Count > 0)
        {
            throw new MuseumException(
                ExitCode.Configuration,
                $"MUSEUM_LISTEN: found "
                    + $"{options.Listen}{(others ? ", which others can reach" : " with MUSEUM_LOGIN=required")}; "
                    + $"expected {string.Join("; and ", missing)}. "
                    + "Without either, a port alone (MUSEUM_LISTEN=8080) serves this machine only"
            );
        }

        return new Gate(always, !others, settings);
    }
}
