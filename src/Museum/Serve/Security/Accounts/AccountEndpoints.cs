using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Serve.Pages;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security.Accounts;

/// <summary>What people change about their own login: the password and the second factor. Each change asks for the
/// password, ends every other session of theirs, and is in the audit.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/account").ExcludeFromDescription();
        account.MapMethods("", PageEndpoints.Reading, context => Assets.Answer(context, "account.html"));
        account.MapGet("/me", MeAsync);
        account.MapPost("/password", ChangePasswordAsync).RequireRateLimiting(Limits.Login);
        account.MapPost("/second-factor", BeginAsync).RequireRateLimiting(Limits.Login);
        account.MapPost("/second-factor/confirm", ConfirmAsync).RequireRateLimiting(Limits.Login);
        account.MapPost("/second-factor/remove", RemoveAsync).RequireRateLimiting(Limits.Login);
    }

    private static async Task<IResult> MeAsync(ClaimsPrincipal who, Users users, CancellationToken cancel)
    {
        var user = await users.BehindAsync(who, cancel);
        var role = Roles.Highest(who.FindAll(ClaimTypes.Role).Select(claim => claim.Value))!;
        return Results.Ok(new AccountView(who.Identity?.Name, role, user is not null, user?.SecondFactor is not null));
    }

    private static Task<IResult> ChangePasswordAsync(
        NewPassword asked,
        [AsParameters] Desk desk,
        IUsers store,
        CancellationToken cancel
    ) =>
        desk.WithPasswordAsync(
            asked.Current,
            async user =>
            {
                if (PasswordRules.Fault(asked.Password, user.Name) is { } fault)
                    return Refused(fault);
                await store.ChangeAsync(
                    user.Name,
                    null,
                    Passwords.Hash(asked.Password!),
                    desk.Move(user, "own password"),
                    cancel
                );
                return await desk.GoOnAsync(user.Name, cancel);
            },
            cancel
        );

    private static Task<IResult> BeginAsync(
        WithPassword asked,
        [AsParameters] Desk desk,
        SecondFactor factor,
        CancellationToken cancel
    ) => desk.WithPasswordAsync(asked.Current, user => Task.FromResult(Results.Ok(factor.Begin(user))), cancel);

    private static async Task<IResult> ConfirmAsync(
        FirstCode asked,
        [AsParameters] Desk desk,
        SecondFactor factor,
        IUsers store,
        CancellationToken cancel
    )
    {
        if (await desk.UserAsync(cancel) is not { } user)
            return NotHere();
        if (factor.Confirm(asked.Ticket ?? "", user, asked.Code ?? "") is not var (kept, step))
            return Refused("the code does not fit: check the clock of the device, or start again");
        await store.SetSecondFactorAsync(user.Name, kept, desk.Move(user, "second factor set"), cancel);
        await store.UseStepAsync(user.Name, step, cancel);
        return await desk.GoOnAsync(user.Name, cancel);
    }

    private static Task<IResult> RemoveAsync(
        WithPassword asked,
        [AsParameters] Desk desk,
        IUsers store,
        CancellationToken cancel
    ) =>
        desk.WithPasswordAsync(
            asked.Current,
            async user =>
            {
                await store.SetSecondFactorAsync(user.Name, null, desk.Move(user, "second factor removed"), cancel);
                return await desk.GoOnAsync(user.Name, cancel);
            },
            cancel
        );

    private static IResult Refused(string why) =>
        Results.Problem(why, statusCode: StatusCodes.Status400BadRequest, title: "Not changed");

    private static IResult NotHere() =>
        Results.Problem(
            "this login is not kept here: change it where you sign in",
            statusCode: StatusCodes.Status409Conflict,
            title: "Not changed"
        );

    /// <summary>What each change begins and ends with.</summary>
    internal sealed record Desk(
        HttpContext Context,
        Users Users,
        AuditTrail Audit,
        PasswordQueue Queue,
        [FromKeyedServices(Limits.Login)] PartitionedRateLimiter<Guess> Guesses
    )
    {
        public Task<DashboardUser?> UserAsync(CancellationToken cancel) => Users.BehindAsync(Context.User, cancel);

        public OperatorMove Move(DashboardUser user, string what) =>
            new(user.Name, what, "") { By = Signature.Actor(Context, user.Name) };

        public async Task<IResult> WithPasswordAsync(
            string? password,
            Func<DashboardUser, Task<IResult>> change,
            CancellationToken cancel
        )
        {
            if (await UserAsync(cancel) is not { } user)
                return NotHere();
            using var lease = Guesses.AttemptAcquire(new(user.Name, Limits.AddressOf(Context)));
            if (!lease.IsAcquired)
                return Limits.TooMany(Context, TimeSpan.FromMinutes(1));
            if (password is not null && await Queue.FitsAsync(user, password, known: true, cancel) is true)
                return await change(user);
            Audit.Note(Context, AuditTrail.Refused, user.Name, Users.PasswordScheme, "a change of the own login");
            return Refused("the password is wrong");
        }

        /// <summary>Every session of theirs has ended; this one begins again.</summary>
        public async Task<IResult> GoOnAsync(string name, CancellationToken cancel)
        {
            if (await Users.FindAsync(name, cancel) is { } user)
                await Context.SignInAsync(
                    Login.Cookie,
                    Users.PrincipalOf(user),
                    new AuthenticationProperties { IsPersistent = true }
                );
            return Results.NoContent();
        }
    }
}

/// <param name="Password">The login is kept here, and not by a provider.</param>
internal sealed record AccountView(string? Name, string Role, bool Password, bool SecondFactor);

internal sealed record NewPassword(string? Current, string? Password);

internal sealed record WithPassword(string? Current);

internal sealed record FirstCode(string? Ticket, string? Code);
