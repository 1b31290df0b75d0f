using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security.Keys;

/// <summary>The keys of cookies, sealed, in the database: see DECISIONS.md. Asked for at start and once a day; the
/// interface knows no other way than to wait.</summary>
internal sealed class CookieKeys(ICookieKeys keys, Vault vault, ILogger log) : IXmlRepository
{
    private bool told;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var all = Task.Run(() => keys.ListAsync(CancellationToken.None)).GetAwaiter().GetResult();
        List<XElement> known = [.. all.Select(xml => XElement.Parse(xml)).Where(IsOurs)];
        if (known.Count < all.Count && !told)
        {
            told = true;
            log.LogWarning(
                "serve: {Count} keys of cookies were sealed under another MUSEUM_KEY, or not at all, and count for "
                    + "nothing here: give all dashboards of this database the same MUSEUM_KEY",
                all.Count - known.Count
            );
        }

        return known;
    }

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() =>
                keys.AddAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None)
            )
            .GetAwaiter()
            .GetResult();

    // A key that lies there in clear may have been put there by whoever can write the table.
    private bool IsOurs(XElement key) =>
        key.Descendants(KeySeal.Element).FirstOrDefault() is { } box && vault.Open(box.Value) is not null;
}
