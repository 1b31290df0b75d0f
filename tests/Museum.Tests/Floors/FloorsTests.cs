using System.Reflection;
using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using MuseumPipeline.Model;
using Assembly = System.Reflection.Assembly;

namespace MuseumPipeline.Tests.Floors;

/// <summary>The order of the folders: each uses only the folders below it, as ARCHITECTURE.md shows.</summary>
public partial class FloorsTests
{
    private const string Root = "MuseumPipeline";

    private static readonly Lazy<Architecture> House = new(() =>
        new ArchLoader().LoadAssemblies(typeof(KioskEvent).Assembly).Build()
    );

    private const BindingFlags AnyMember =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>From the bottom up.</summary>
    private static readonly string[] Floors =
    [
        "Model",
        "Settings",
        "Parse",
        "Clean",
        "Source",
        "Store",
        "Load",
        "Export",
        "Numbers",
        "Reports",
        "Serve",
        "Simulate",
        "Commands",
    ];

    [Fact]
    public void No_floor_uses_one_above_it()
    {
        var upward =
            from type in House.Value.Types
            let own = FloorOf(type)
            where own >= 0
            from dependency in type.Dependencies
            let other = FloorOf(dependency.Target)
            where other > own
            select $"{Floors[own]} uses {Floors[other]}: {type.FullName} → {dependency.Target.FullName}";
        Assert.Empty(upward.Distinct().Order());
    }

    /// <summary>Contracts ← Sql ← Postgres, Sqlite; only code that opens a database uses more than the
    /// contracts.</summary>
    [Fact]
    public void The_store_is_used_by_its_contracts()
    {
        const string Store = Root + ".Store.";
        var upward =
            from type in House.Value.Types
            let own = StoreFloor(type)
            from dependency in type.Dependencies
            let other = StoreFloor(dependency.Target)
            where other > (own ?? 0) || (own is 2 && other is 2 && Room(type) != Room(dependency.Target))
            where !type.FullName.StartsWith(Root + ".Commands.", StringComparison.Ordinal)
            select $"{type.FullName} → {dependency.Target.FullName}";
        Assert.Empty(upward.Distinct().Order());

        static int? StoreFloor(IType type) =>
            !type.FullName.StartsWith(Store, StringComparison.Ordinal)
                ? null
                : Room(type) switch
                {
                    "Contracts" => 0,
                    "Sql" => 1,
                    _ => 2,
                };

        static string Room(IType type) => type.FullName[Store.Length..].Split('.')[0];
    }

    [Fact]
    public void Every_type_lives_on_a_floor()
    {
        var homeless = House
            .Value.Types.Where(t =>
                t.FullName.StartsWith(Root + ".", StringComparison.Ordinal)
                && FloorOf(t) < 0
                && t.FullName != Root + ".Program"
            )
            .Select(t => t.FullName);
        Assert.Empty(homeless);
    }

    [Fact]
    public void The_folders_are_the_floors_and_ARCHITECTURE_draws_them_in_this_order()
    {
        var source = Path.Combine(Repository.Root, "src", "Museum");
        var folders = Directory
            .GetDirectories(source)
            .Select(d => Path.GetFileName(d)!)
            .Where(name => name is not ("bin" or "obj"));
        Assert.Equal(Floors.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));

        var picture = File.ReadAllText(Path.Combine(Repository.Root, "ARCHITECTURE.md"));
        var drawn = FloorLine().Matches(picture).Select(m => m.Groups[1].Value).Reverse();
        Assert.Equal(Floors, drawn);
    }

    [Fact]
    public void No_folder_holds_more_than_twenty_files()
    {
        var source = Path.Combine(Repository.Root, "src", "Museum");
        var full =
            from folder in Directory.GetDirectories(source, "*", SearchOption.AllDirectories)
            where !BuildOutput().IsMatch(folder[source.Length..])
            let files = Directory.GetFiles(folder, "*.cs").Length
            where files > 20
            select $"{folder[source.Length..]}: {files}";
        Assert.Empty(full);
    }

    [Fact]
    public void The_names_that_users_of_the_original_look_up_are_public()
    {
        var table = File.ReadAllText(Path.Combine(Repository.Root, "docs", "from-the-original.md"));
        var assembly = typeof(KioskEvent).Assembly;
        var names = PublicName().Matches(table).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(names.Count > 20, $"found {names.Count} names in the table");
        Assert.Equal([], names.Where(name => !IsPublic(assembly, name)));
    }

    // A type, or a type and one of its members.
    private static bool IsPublic(Assembly assembly, string name)
    {
        if (assembly.GetType($"{Root}.{name}") is { } type)
            return type.IsPublic;
        var dot = name.LastIndexOf('.');
        return assembly.GetType($"{Root}.{name[..dot]}") is { IsPublic: true } owner
            && owner.GetMember(name[(dot + 1)..], AnyMember).Length > 0;
    }

    private static int FloorOf(IType type)
    {
        if (!type.FullName.StartsWith(Root + ".", StringComparison.Ordinal))
            return -1;
        var rest = type.FullName[(Root.Length + 1)..];
        var end = rest.IndexOf('.', StringComparison.Ordinal);
        return end < 0 ? -1 : Array.IndexOf(Floors, rest[..end]);
    }

    // In the picture each floor is a line of its own: │ Commands │ …
    [GeneratedRegex(@"^ {4}│ (\w+)/", RegexOptions.Multiline)]
    private static partial Regex FloorLine();

    [GeneratedRegex(@"[/\\](bin|obj)([/\\]|$)")]
    private static partial Regex BuildOutput();

    [GeneratedRegex(@"`((?:Model|Settings|Parse|Clean|Source|Store|Load|Commands)\.[A-Z][\w.]*)`")]
    private static partial Regex PublicName();
}
