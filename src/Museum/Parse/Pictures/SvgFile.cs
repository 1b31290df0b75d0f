using System.Globalization;
using System.Text;
using System.Xml;

namespace MuseumPipeline.Parse.Pictures;

/// <summary>A drawing, written again with nothing in it but what draws. Whatever could run, or fetch something, is left
/// out with its content: a list says what may stay, so that nothing new gets in.</summary>
internal static class SvgFile
{
    private const string Namespace = "http://www.w3.org/2000/svg";
    private const string Style = "style";
    private const string Links = "http://www.w3.org/1999/xlink";

    /// <summary>A drawing has no points of its own: this wide, whatever its unit is.</summary>
    private const double LargestSide = 10_000;

    private static readonly HashSet<string> Elements = Words(
        """
        svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath
        linearGradient radialGradient stop clipPath mask pattern marker style image a switch
        """
    );

    private static readonly HashSet<string> Attributes = Words(
        """
        id class style transform version x y x1 y1 x2 y2 cx cy r rx ry d points width height viewBox
        preserveAspectRatio fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin
        stroke-dasharray stroke-dashoffset stroke-opacity stroke-miterlimit opacity color display visibility overflow
        clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits marker-start marker-mid marker-end
        markerWidth markerHeight markerUnits refX refY orient offset stop-color stop-opacity gradientUnits
        gradientTransform spreadMethod fx fy fr patternUnits patternContentUnits patternTransform font-family font-size
        font-style font-weight font-variant font-stretch letter-spacing word-spacing text-anchor text-decoration
        dominant-baseline alignment-baseline baseline-shift dx dy rotate textLength lengthAdjust startOffset
        vector-effect paint-order shape-rendering text-rendering image-rendering color-interpolation href
        """
    );

    private static readonly string[] Embedded = ["data:image/png;", "data:image/jpeg;", "data:image/webp;"];

    private static HashSet<string> Words(string text) =>
        [.. text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Null if it is no drawing at all.</summary>
    /// <exception cref="Model.MuseumException">It is a drawing that cannot be read.</exception>
    public static (byte[] Bytes, int Width, int Height, IReadOnlyDictionary<string, int> LeftOut)? Read(
        ReadOnlySpan<byte> bytes
    )
    {
        using var stream = new MemoryStream(bytes.ToArray());
        // What stands in a document type is not read, and no entity but XML's own five is known.
        using var reader = XmlReader.Create(
            stream,
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Ignore,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
            }
        );
        var begun = false;
        try
        {
            if (reader.MoveToContent() is not XmlNodeType.Element || !Draws(reader, "svg"))
                return null;
            begun = true;
            var (width, height) = SizeOf(reader);
            using var target = new MemoryStream();
            var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
            using (var writer = XmlWriter.Create(target, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
                Copy(reader, writer, leftOut);
            return (target.ToArray(), width, height, leftOut);
        }
        catch (XmlException) when (!begun)
        {
            return null;
        }
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            throw PictureFile.Refused($"found a drawing that cannot be read ({e.Message})", "well-formed SVG", e);
        }
    }

    private static bool Draws(XmlReader reader, string name) =>
        reader.LocalName == name && reader.NamespaceURI == Namespace;

    private static (int, int) SizeOf(XmlReader reader)
    {
        var box = (reader.GetAttribute("viewBox") ?? "")
            .Split((char[])[' ', ',', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .Select(Number)
            .ToArray();
        var (width, height) = box is [_, _, { } across, { } down]
            ? (across, down)
            : (Number(reader.GetAttribute("width")) ?? 0, Number(reader.GetAttribute("height")) ?? 0);
        if (!(width > 0 && height > 0 && double.IsFinite(width) && double.IsFinite(height)))
            throw PictureFile.Refused("found a drawing without a size", "a viewBox, or a width and a height");
        // Only how wide it is for its height matters.
        var scale = Math.Min(1, LargestSide / Math.Max(width, height)) * Math.Max(1, 100 / Math.Max(width, height));
        return (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    /// <summary>The number before any unit.</summary>
    private static double? Number(string? text)
    {
        var digits = (text ?? "").Trim().TrimEnd([.. "abcdefghijklmnopqrstuvwxyz%"]);
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    private static void Copy(XmlReader reader, XmlWriter writer, SortedDictionary<string, int> leftOut)
    {
        var copies = new SvgCopies();
        while (!reader.EOF)
        {
            if (reader.NodeType is XmlNodeType.Element && !Stays(reader))
            {
                // Editors' own notes are no loss.
                if (reader.NamespaceURI == Namespace)
                    Note(leftOut, reader.LocalName);
                reader.Skip();
                continue;
            }

            if (reader.NodeType is XmlNodeType.Element && Draws(reader, Style))
            {
                CopyStyle(reader, writer, leftOut);
                continue;
            }

            if (reader.NodeType is XmlNodeType.Element)
                Begin(reader, writer, leftOut, copies);
            else if (reader.NodeType is XmlNodeType.EndElement)
            {
                writer.WriteFullEndElement();
                copies.End();
            }
            else if (reader.NodeType is XmlNodeType.Whitespace)
                writer.WriteWhitespace(reader.Value);
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
                writer.WriteString(reader.Value);
            reader.Read();
        }

        copies.Check();
    }

    private static bool Stays(XmlReader reader) =>
        reader.NamespaceURI == Namespace && Elements.Contains(reader.LocalName);

    /// <summary>All of it or nothing: where a rule ends is for a parser of its own to say.</summary>
    private static void CopyStyle(XmlReader reader, XmlWriter writer, SortedDictionary<string, int> leftOut)
    {
        var rules = reader.ReadElementContentAsString();
        if (IsPlainCss(rules))
            writer.WriteElementString(Style, Namespace, rules);
        else
            Note(leftOut, Style);
    }

    private static void Begin(
        XmlReader reader,
        XmlWriter writer,
        SortedDictionary<string, int> leftOut,
        SvgCopies copies
    )
    {
        // What a link or a choice holds is drawn, and leads nowhere.
        var element = reader.LocalName is "a" or "switch" ? "g" : reader.LocalName;
        writer.WriteStartElement(element, Namespace);
        var empty = reader.IsEmptyElement;
        copies.Begin(reader.GetAttribute("id"));
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix == "xmlns" || reader.Name == "xmlns")
                continue;
            var name = reader.NamespaceURI == Links && reader.LocalName == "href" ? "href" : reader.Name;
            if (Attributes.Contains(name) && IsHarmless(element, name, reader.Value))
            {
                writer.WriteAttributeString(name, reader.Value);
                if (name == "href" && element == "use")
                    copies.Use(Uri.UnescapeDataString(reader.Value[1..]));
            }
            else if (reader.NamespaceURI.Length == 0 || name == "href")
                Note(leftOut, name);
        }

        if (!empty)
            return;
        writer.WriteEndElement();
        copies.End();
    }

    private static bool IsHarmless(string element, string name, string value) =>
        name != "href" ? IsPlainCss(value)
        : element == "image" ? Embedded.Any(kind => value.StartsWith(kind, StringComparison.Ordinal))
        : element != "g" && value.StartsWith('#');

    /// <summary>Names nothing outside the drawing, however it is written.</summary>
    private static bool IsPlainCss(string text) =>
        !text.Contains('\\', StringComparison.Ordinal)
        && !text.Contains('@', StringComparison.Ordinal)
        && !text.Contains("image-set", StringComparison.OrdinalIgnoreCase)
        && text.ToLowerInvariant()
            .Split("url(", StringSplitOptions.None)
            .Skip(1)
            .All(rest => rest.TrimStart(' ', '"', '\'').StartsWith('#'));

    private static void Note(SortedDictionary<string, int> leftOut, string name) =>
        leftOut[name] = leftOut.GetValueOrDefault(name) + 1;
}
