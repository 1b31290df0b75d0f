using System.CommandLine;

namespace MuseumPipeline.Commands.Users;

/// <summary><c>museum users erase</c>: somebody's right to be forgotten.</summary>
internal static class EraseCommand
{
    public static Command Create() =>
        UsersCommand.Verb(
            new Command("erase", "Remove somebody, and their name and addresses from everything in the database")
            {
                UsersCommand.Name,
            },
            async (session, store, cancel) =>
            {
                var name = UsersCommand.NameOf(session);
                UsersCommand.Found(
                    await store.Users.EraseAsync(name, UsersCommand.Move("users erase", ""), cancel),
                    name
                );
                UsersCommand.Tell(session, store, "erase", name, $"{name} is no longer named in the database.");
            }
        );
}
