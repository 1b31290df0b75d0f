using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security;

/// <summary>The keys of cookies, in the database: see DECISIONS.md. Asked for at start and once a day; the interface
/// knows no other way than to wait.</summary>
internal sealed class CookieKeys(IStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [
            .. Task.Run(() => store.CookieKeysAsync(CancellationToken.None))
                .GetAwaiter()
                .GetResult()
                .Select(xml => XElement.Parse(xml)),
        ];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() =>
                store.AddCookieKeyAsync(
                    friendlyName,
                    element.ToString(SaveOptions.DisableFormatting),
                    CancellationToken.None
                )
            )
            .GetAwaiter()
            .GetResult();
}
