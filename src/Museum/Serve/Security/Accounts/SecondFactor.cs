using System.Security.Cryptography;
using System.Text;
using MuseumPipeline.Serve.Security.Keys;
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

    /// <summary>A new secret, which counts once somebody has shown that their device has it.</summary>
    public Enrolment Begin(string name)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretLength);
        var uri = new OtpUri(OtpType.Totp, secret, name, Issuer).ToString();
        using var code = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var drawing = new SvgQRCode(code);
        var picture = Convert.ToBase64String(Encoding.UTF8.GetBytes(drawing.GetGraphic(PixelsOfModule)));
        return new(
            vault.Seal([.. Encoding.UTF8.GetBytes(name + '\n'), .. secret]),
            Base32Encoding.ToString(secret),
            $"data:image/svg+xml;base64,{picture}"
        );
    }

    /// <summary>The secret to keep, sealed; null where the ticket is not one of this name's or the code does not
    /// fit.</summary>
    public string? Confirm(string ticket, string name, string code)
    {
        var start = Encoding.UTF8.GetBytes(name + '\n');
        if (vault.Open(ticket) is not { } opened || !opened.AsSpan().StartsWith(start))
            return null;
        var kept = vault.Seal(opened.AsSpan(start.Length));
        return StepOf(kept, code) is null ? null : kept;
    }

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
