using System.Security.Cryptography;
using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Serve.Security.Keys;

/// <summary>Encrypts what is in the database but must be useless in a copy of it: AES-256-GCM with a key derived from
/// MUSEUM_KEY.</summary>
internal sealed class Vault(Secret secret)
{
    private const int NonceLength = 12,
        TagLength = 16,
        KeyLength = 32;

    private readonly byte[] key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(secret.Reveal()),
        KeyLength,
        info: "museum dashboard"u8.ToArray()
    );

    public string Seal(ReadOnlySpan<byte> plain)
    {
        var box = new byte[NonceLength + TagLength + plain.Length];
        var nonce = box.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceLength + TagLength), box.AsSpan(NonceLength, TagLength));
        return Convert.ToBase64String(box);
    }

    /// <summary>Null if it was encrypted with another key, or is damaged.</summary>
    public byte[]? Open(string sealedText)
    {
        try
        {
            var box = Convert.FromBase64String(sealedText);
            if (box.Length < NonceLength + TagLength)
                return null;
            var plain = new byte[box.Length - NonceLength - TagLength];
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(
                box.AsSpan(0, NonceLength),
                box.AsSpan(NonceLength + TagLength),
                box.AsSpan(NonceLength, TagLength),
                plain
            );
            return plain;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
