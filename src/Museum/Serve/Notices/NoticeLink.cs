using MuseumPipeline.Store.Contracts.Notices;

namespace MuseumPipeline.Serve.Notices;

/// <summary>The page on which people see more of what a notice says.</summary>
internal static class NoticeLink
{
    public const string Words = "Open the dashboard";

    /// <summary>Null if the dashboard has no address of its own to link to.</summary>
    public static Uri? Of(Uri? dashboard, Notice notice)
    {
        if (dashboard is null)
            return null;
        var museum = $"museum={Uri.EscapeDataString(notice.Museum)}";
        var page = notice.Kind switch
        {
            NoticeKind.Emergency or NoticeKind.Escalation => $"safety?{museum}&range=today",
            NoticeKind.NoPresses or NoticeKind.SilentKiosk => $"data?{museum}",
            // The key names the exhibition.
            NoticeKind.FallenRating when notice.Key.Split('/') is [_, var exhibition, _] =>
                $"exhibition?{museum}&range=28d&exhibition={Uri.EscapeDataString(exhibition)}",
            _ => "",
        };
        return new Uri($"{dashboard.AbsoluteUri.TrimEnd('/')}/{page}");
    }
}
