using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security.Keys;

/// <summary>The keys of cookies, encrypted, in the database: see DECISIONS.md. Read at start and once a day; the
/// interface is synchronous.</summary>
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
                "serve: {Count} keys of cookies were encrypted with another MUSEUM_KEY, or not at all, and are "
                    + "ignored here: give all dashboards of this database the same MUSEUM_KEY",
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

    // A key stored in clear may have been put there by anybody who can write to the table.
    private bool IsOurs(XElement key) =>
        key.Descendants(KeySeal.Element).FirstOrDefault() is { } box && vault.Open(box.Value) is not null;
}
