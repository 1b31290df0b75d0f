using System.Security.Cryptography;
using System.Text;
using MuseumPipeline.Serve.Security.Keys;
using MuseumPipeline.Store.Contracts;
using OtpNet;
using QRCoder;

namespace MuseumPipeline.Serve.Security.Accounts;

/// <summary>One-time passwords by the clock (RFC 6238), as every authenticator makes them. The secret is in the database
/// sealed, and each password counts once.</summary>
internal sealed class SecondFactor(Vault vault, TimeProvider clock)
{
    private const int SecretLength = 20;
    private const int PixelsOfModule = 4;
    private const string Issuer = "Museum dashboard";

    /// <summary>For how long a device may be set up: whoever finds a ticket later has no use for it.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(15);

    /// <summary>A new secret, which counts once somebody has shown that their device has it.</summary>
    public Enrolment Begin(DashboardUser user)
    {
        var name = user.Name;
        var secret = RandomNumberGenerator.GetBytes(SecretLength);
        var uri = new OtpUri(OtpType.Totp, secret, name, Issuer).ToString();
        using var code = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var drawing = new SvgQRCode(code);
        var picture = Convert.ToBase64String(Encoding.UTF8.GetBytes(drawing.GetGraphic(PixelsOfModule)));
        return new(
            vault.Seal([.. HeadOf(user), .. BitConverter.GetBytes(clock.GetUtcNow().ToUnixTimeSeconds()), .. secret]),
            Base32Encoding.ToString(secret),
            $"data:image/svg+xml;base64,{picture}"
        );
    }

    /// <summary>The secret to keep, sealed, and the step of the code, which is used now; null where the ticket is not
    /// this user's, is old, or was taken before, or the code does not fit.</summary>
    public (string Sealed, long Step)? Confirm(string ticket, DashboardUser user, string code)
    {
        var head = HeadOf(user);
        if (
            vault.Open(ticket) is not { } opened
            || opened.Length != head.Length + sizeof(long) + SecretLength
            || !opened.AsSpan().StartsWith(head)
        )
            return null;
        var begun = DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(opened, head.Length));
        if (clock.GetUtcNow() - begun > Lasting)
            return null;
        var kept = vault.Seal(opened.AsSpan(head.Length + sizeof(long)));
        return StepOf(kept, code) is { } step ? (kept, step) : null;
    }

    /// <summary>Every change of a login gives it another stamp: so a ticket counts once, and not with another
    /// password.</summary>
    private static byte[] HeadOf(DashboardUser user) => Encoding.UTF8.GetBytes($"{user.Name}\n{user.Stamp}\n");

    /// <summary>The step of time that a code belongs to, with one on either side for slow hands and clocks; null where it
    /// is none of them.</summary>
    public long? StepOf(string sealedSecret, string? code) =>
        code is not null
        && vault.Open(sealedSecret) is { } secret
        && new Totp(secret).VerifyTotp(
            clock.GetUtcNow().UtcDateTime,
            code.Replace(" ", "", StringComparison.Ordinal),
            out var step,
            VerificationWindow.RfcSpecifiedNetworkDelay
        )
            ? step
            : null;
}

/// <param name="Ticket">Comes back with the first code.</param>
/// <param name="Secret">To type where there is no camera.</param>
/// <param name="Picture">The same as a QR code, as an address of an image.</param>
internal sealed record Enrolment(string Ticket, string Secret, string Picture);
