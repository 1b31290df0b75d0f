using System.CommandLine;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Users;

/// <summary><c>museum users museums</c>: which museums somebody may see.</summary>
internal static class LimitCommand
{
    private static readonly Argument<string[]> Codes = new("CODE")
    {
        Description = "The museums they may see",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> AllMuseums = new("--all")
    {
        Description = "Every museum, which is the default",
    };

    public static Command Create() =>
        UsersCommand.Verb(
            new Command("museums", "Limit somebody to some museums; they are logged out everywhere")
            {
                UsersCommand.Name,
                Codes,
                AllMuseums,
            },
            async (session, store, cancel) =>
            {
                var (name, codes, all) = (
                    UsersCommand.NameOf(session),
                    session.Parsed.GetValue(Codes) ?? [],
                    session.Parsed.GetValue(AllMuseums)
                );
                if (codes.Length > 0 == all)
                    throw new MuseumException(ExitCode.Usage, "expected the CODEs of museums, or --all, and one only");
                var limits = all ? null : await KnownAsync(store, codes, cancel);
                if (
                    limits is not null
                    && (await store.Users.ListAsync(cancel)).Any(u => u.Name == name && u.Role == Roles.Operator)
                )
                    throw new MuseumException(
                        ExitCode.Usage,
                        $"{name} is an operator, who may see all museums: change that with museum users role {name} "
                            + "security"
                    );
                var told = limits is null ? "all museums" : string.Join(", ", limits);
                UsersCommand.Found(
                    await store.Users.LimitAsync(name, limits, UsersCommand.Move("users museums", told), cancel),
                    name
                );
                UsersCommand.Tell(session, store, "museums", name, $"{name} may see {told} now.");
            }
        );

    internal static async Task<IReadOnlyList<string>> KnownAsync(
        MuseumStore store,
        string[] codes,
        CancellationToken cancel,
        string option = "CODE"
    )
    {
        var museums = (await store.Counts.CatalogueAsync(cancel)).Museums;
        return
        [
            .. codes.Select(code =>
                museums.FirstOrDefault(m => string.Equals(m.Code, code, StringComparison.OrdinalIgnoreCase))?.Code
                ?? throw new MuseumException(
                    ExitCode.Usage,
                    $"{option}: found '{code}', expected one of {string.Join(", ", museums.Select(m => m.Code))}"
                )
            ),
        ];
    }
}
