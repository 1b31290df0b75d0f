using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security;

/// <summary>The keys of cookies, in the database: see DECISIONS.md. Asked for at start and once a day; the interface
/// knows no other way than to wait.</summary>
internal sealed class CookieKeys(ICookieKeys keys) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [
            .. Task.Run(() => keys.ListAsync(CancellationToken.None))
                .GetAwaiter()
                .GetResult()
                .Select(xml => XElement.Parse(xml)),
        ];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() =>
                keys.AddAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None)
            )
            .GetAwaiter()
            .GetResult();
}
