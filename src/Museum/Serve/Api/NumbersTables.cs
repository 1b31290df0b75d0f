using System.Globalization;
using MuseumPipeline.Numbers;

namespace MuseumPipeline.Serve.Api;

/// <summary>This folder's views as tables.</summary>
internal static class NumbersTables
{
    public static readonly Tables<MuseumsView> Museums = new(("exhibitions", Of));
    public static readonly Tables<RatingsView> Ratings = new(
        ("exhibitions", Of),
        ("departments", view => Of("department", view, view.Departments)),
        ("floors", view => Of("floor", view, view.Floors))
    );
    public static readonly Tables<TrendView> Trend = new(("points", Of));
    public static readonly Tables<BusiestView> Busiest = new(("cells", Of));

    private static Table Of(MuseumsView view) =>
        new(
            [
                "museum",
                "museumName",
                "timeZone",
                "opens",
                "closes",
                "firstPress",
                "lastPress",
                "publicId",
                "site",
                "name",
                "floor",
                "department",
                "startDate",
            ],
            view.Museums.SelectMany(m =>
                m.Exhibitions.Select(e =>
                    (object?[])
                        [
                            m.Code,
                            m.Name,
                            m.TimeZone,
                            m.Opens,
                            m.Closes,
                            m.FirstPress,
                            m.LastPress,
                            e.PublicId,
                            e.Site,
                            e.Name,
                            e.Floor,
                            e.Department,
                            e.StartDate,
                        ]
                )
            )
        );

    private static Table Of(RatingsView view) =>
        new(
            [
                "publicId",
                "site",
                "name",
                "floor",
                "department",
                "startDate",
                .. ScoreColumns(view),
                "rank",
                "status",
                "votesPerOpenHour",
                .. Change("previous"),
                .. Change("usual"),
                .. Change("sinceLaunch"),
                "target",
            ],
            view.Exhibitions.Select(e =>
                (object?[])
                    [
                        e.PublicId,
                        e.Site,
                        e.Name,
                        e.Floor,
                        e.Department,
                        e.StartDate,
                        .. Cells(e),
                        e.Rank,
                        e.Status,
                        e.VotesPerOpenHour,
                        .. Cells(e.Previous),
                        .. Cells(e.Usual),
                        .. Cells(e.SinceLaunch),
                        e.Target,
                    ]
            )
        );

    private static Table Of(string name, RatingsView view, IReadOnlyList<NamedScore> scores) =>
        new([name, .. ScoreColumns(view)], scores.Select(s => (object?[])[s.Name, .. Cells(s)]));

    private static string[] ScoreColumns(RatingsView view) =>
        [
            "votes",
            "mean",
            "low",
            "high",
            "shrunk",
            "enough",
            .. view.Total.Distribution.Select(
                (_, value) => string.Create(CultureInfo.InvariantCulture, $"votes{value}")
            ),
        ];

    private static object?[] Cells(Score s) =>
        [s.Votes, s.Mean, s.Low, s.High, s.Shrunk, s.Enough, .. s.Distribution.Select(n => (object?)n)];

    private static string[] Change(string of) =>
        [$"{of}Votes", $"{of}Mean", $"{of}Change", $"{of}Low", $"{of}High", $"{of}Verdict"];

    private static object?[] Cells(RatingChange? change) =>
        change is null
            ? [null, null, null, null, null, null]
            : [change.Votes, change.Mean, change.Change, change.Low, change.High, change.Verdict];

    private static Table Of(TrendView view) =>
        new(
            ["point", "publicId", "name", "votes", "mean"],
            view.Series.SelectMany(s =>
                view.Points.Select(
                    (point, place) => (object?[])[point, s.PublicId, s.Name, s.Votes[place], s.Mean[place]]
                )
            )
        );

    private static Table Of(BusiestView view) =>
        new(
            ["weekday", "hour", "votes", "openHours", "perOpenHour"],
            view.Cells.Select(c => (object?[])[c.Weekday, c.Hour, c.Votes, c.OpenHours, c.PerOpenHour])
        );
}
