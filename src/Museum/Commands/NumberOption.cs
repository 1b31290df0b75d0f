using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace MuseumPipeline.Commands;

/// <summary>Options and arguments that are numbers: read in one way, and refused in one line.</summary>
internal static class NumberOption
{
    /// <summary>Makes a whole number of it, from <paramref name="least"/> on; null where it is not given.</summary>
    public static Option<T?> Whole<T>(Option<T?> option, T least, T? most = null)
        where T : struct, IBinaryInteger<T>
    {
        option.HelpName ??= "N";
        option.CustomParser = result => Whole(result, option.Name, least, most);
        return option;
    }

    /// <summary>The same with a usual value.</summary>
    public static Option<T> Usually<T>(Option<T> option, T usual, T least, T? most = null)
        where T : struct, IBinaryInteger<T>
    {
        option.HelpName ??= "N";
        option.DefaultValueFactory = _ => usual;
        option.CustomParser = result => Whole(result, option.Name, least, most) ?? usual;
        return option;
    }

    /// <summary>A number with or without a decimal point, within both ends.</summary>
    public static Option<double> Between(Option<double> option, double usual, double least, double most)
    {
        option.HelpName ??= "N";
        option.DefaultValueFactory = _ => usual;
        option.CustomParser = result => Number(result, option.Name, least, most) ?? usual;
        return option;
    }

    /// <summary>Reads a whole number, or says what is wrong with it.</summary>
    public static T? Whole<T>(ArgumentResult result, string name, T least, T? most = null)
        where T : struct, IBinaryInteger<T>
    {
        var text = result.Tokens[0].Value;
        if (
            T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && (most is not { } limit || number <= limit)
        )
            return number;
        var range = most is null ? $", {least} or more" : $" from {least} to {most}";
        result.AddError($"{name}: found '{text}', expected a whole number{range}");
        return null;
    }

    private static double? Number(ArgumentResult result, string name, double least, double most)
    {
        var text = result.Tokens[0].Value;
        if (
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
            return number;
        result.AddError(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: found '{text}', expected a number from {least} to {most}"
            )
        );
        return null;
    }
}
