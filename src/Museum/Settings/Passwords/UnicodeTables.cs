using System.Globalization;
using System.Reflection;

namespace MuseumPipeline.Settings.Passwords;

/// <summary>What SASLprep needs to know of characters: <c>saslprep.txt</c>, made by <c>eng/saslprep-table</c>. Read
/// only for a password that needs it.</summary>
internal sealed class UnicodeTables
{
    private static readonly Lazy<UnicodeTables> Only = new(() => new UnicodeTables());

    private readonly Dictionary<int, int[]> decompositions = [];
    private readonly Dictionary<int, int> classes = [];
    private readonly Dictionary<(int, int), int> compositions = [];
    private readonly Dictionary<char, List<(int First, int Last)>> ranges = [];

    private UnicodeTables()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("saslprep.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#')
                Read(line[0], line[2..].Split(' '));
        }
    }

    public static UnicodeTables Get() => Only.Value;

    public int[]? Decomposition(int code) => decompositions.GetValueOrDefault(code);

    /// <summary>The combining class; 0 for what is no mark.</summary>
    public int Class(int code) => classes.GetValueOrDefault(code);

    public int? Composition(int first, int second) =>
        compositions.TryGetValue((first, second), out var code) ? code : null;

    public bool IsSpace(int code) => Holds('S', code);

    public bool IsNothing(int code) => Holds('N', code);

    /// <summary>Prohibited, or no character of Unicode 3.2, by which SASLprep goes.</summary>
    public bool IsRefused(int code) => Holds('P', code) || Holds('U', code);

    public bool IsRightToLeft(int code) => Holds('R', code);

    public bool IsLeftToRight(int code) => Holds('L', code);

    private bool Holds(char kind, int code) => ranges[kind].Exists(range => code >= range.First && code <= range.Last);

    private void Read(char kind, string[] words)
    {
        var code = Code(words[0]);
        switch (kind)
        {
            case 'D':
                decompositions[code] = [.. words[1..].Select(Code)];
                break;
            case 'K':
                classes[code] = int.Parse(words[1], CultureInfo.InvariantCulture);
                break;
            case 'C':
                compositions[(code, Code(words[1]))] = Code(words[2]);
                break;
            default:
                if (!ranges.TryGetValue(kind, out var list))
                    ranges[kind] = list = [];
                list.Add((code, Code(words[1])));
                break;
        }
    }

    private static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
