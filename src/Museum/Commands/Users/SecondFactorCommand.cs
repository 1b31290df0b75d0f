using System.CommandLine;

namespace MuseumPipeline.Commands.Users;

/// <summary><c>museum users second-factor</c>: for somebody who lost their device.</summary>
internal static class SecondFactorCommand
{
    public static Command Create() =>
        UsersCommand.Verb(
            new Command("second-factor", "Turn off the second factor of somebody who lost their device")
            {
                UsersCommand.Name,
            },
            async (session, store, cancel) =>
            {
                var name = UsersCommand.NameOf(session);
                UsersCommand.Found(
                    await store.Users.SetSecondFactorAsync(
                        name,
                        null,
                        UsersCommand.Move("users second-factor", "off"),
                        cancel
                    ),
                    name
                );
                UsersCommand.Tell(
                    session,
                    store,
                    "second-factor",
                    name,
                    $"{name} logs in with the password alone now."
                );
            }
        );
}
