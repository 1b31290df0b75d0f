using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using MuseumPipeline.Model;

namespace MuseumPipeline.Reports;

/// <summary>A piece of HTML, made from an interpolated string: the literal parts are markup, and values are encoded,
/// whatever they hold; only another piece is inserted as it is. Characters that are invisible or would reverse the text
/// are written out.</summary>
internal readonly record struct Markup
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string? text;

    private Markup(string text) => this.text = text;

    public static Markup Of(ref Builder builder) => new(builder.ToString());

    /// <summary>One of the program's own texts.</summary>
    public static Markup Trusted(string text) => new(text);

    public static Markup All(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(piece => piece.text)));

    public override string ToString() => text ?? "";

    [InterpolatedStringHandler]
    public readonly ref struct Builder(int literalLength, int formattedCount)
    {
        private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted(Markup piece) => text.Append(piece.text);

        public void AppendFormatted(string? value) => text.Append(Encoder.Encode(SafeText.Of(value ?? "")));

        public void AppendFormatted<T>(T value, string? format = null)
            where T : IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

        public override string ToString() => text.ToString();
    }
}
