using MuseumPipeline.View.Numbers;

namespace MuseumPipeline.View.Api;

/// <summary>The views of this folder as tables.</summary>
internal static class NumbersTables
{
    public static Table Of(MuseumsView view) => new(
        ["museum", "museumName", "timeZone", "opens", "closes", "firstPress", "lastPress", "publicId", "site", "name", "floor", "department", "startDate"],
        view.Museums.SelectMany(m => m.Exhibitions.Select(e => (object?[])
            [m.Code, m.Name, m.TimeZone, m.Opens, m.Closes, m.FirstPress, m.LastPress, e.PublicId, e.Site, e.Name, e.Floor, e.Department, e.StartDate])));

    public static Table Of(RatingsView view) => new(
        [
            "publicId", "site", "name", "floor", "department", "startDate", "votes", "mean", "low", "high", "shrunk", "enough", "votes0", "votes1", "votes2", "votes3", "votes4",
            "rank", "status", "votesPerOpenHour", .. Change("previous"), .. Change("usual"), .. Change("sinceLaunch"),
        ],
        view.Exhibitions.Select(e => (object?[])
        [
            e.PublicId, e.Site, e.Name, e.Floor, e.Department, e.StartDate, e.Votes, e.Mean, e.Low, e.High, e.Shrunk, e.Enough, .. e.Distribution.Select(n => (object?)n),
            e.Rank, e.Status, e.VotesPerOpenHour, .. Cells(e.Previous), .. Cells(e.Usual), .. Cells(e.SinceLaunch),
        ]));

    private static string[] Change(string of) => [$"{of}Votes", $"{of}Mean", $"{of}Change", $"{of}Low", $"{of}High", $"{of}Verdict"];

    private static object?[] Cells(RatingChange? change) =>
        change is null ? [null, null, null, null, null, null] : [change.Votes, change.Mean, change.Change, change.Low, change.High, change.Verdict];

    public static Table Of(TrendView view) => new(
        ["point", "publicId", "name", "votes", "mean"],
        view.Series.SelectMany(s => view.Points.Select((point, place) => (object?[])[point, s.PublicId, s.Name, s.Votes[place], s.Mean[place]])));

    public static Table Of(BusiestView view) => new(
        ["weekday", "hour", "votes", "openHours", "perOpenHour"], view.Cells.Select(c => (object?[])[c.Weekday, c.Hour, c.Votes, c.OpenHours, c.PerOpenHour]));
}
