using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace MuseumPipeline.Serve.Security.Keys;

/// <summary>Encrypts the keys of cookies before they are stored in the database.</summary>
internal sealed class KeySeal(Vault vault) : IXmlEncryptor
{
    internal const string Element = "sealed";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        return new(new XElement(Element, vault.Seal(plain)), typeof(KeyOpening));
    }
}

/// <summary>Decrypts them. Created by the framework, by the type name stored with each key.</summary>
internal sealed class KeyOpening(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        services.GetRequiredService<Vault>().Open(encryptedElement.Value) is { } plain
            ? XElement.Parse(Encoding.UTF8.GetString(plain))
            : throw new CryptographicException("it was encrypted with another MUSEUM_KEY");
}
