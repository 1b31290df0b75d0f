using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security;

/// <summary>How people log in, decided once at start; nothing listens before.</summary>
/// <param name="AlwaysLogin">False: a login is required as soon as there is a user.</param>
/// <param name="ThisMachineOnly">Only this machine's own names may be in the address bar: a foreign name that resolves
/// here would let its page in.</param>
internal sealed record Gate(bool AlwaysLogin, bool ThisMachineOnly, ServeSettings Settings)
{
    /// <summary>Without users, everybody who reaches this machine's own address is an operator.</summary>
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
