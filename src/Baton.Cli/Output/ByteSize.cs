using System.Globalization;

namespace Baton.Cli.Output;

/// <summary>Sizes for people, and back: <c>2.08MB</c>.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    public static string Of(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##}{Units[unit]}");
    }

    /// <summary>Reads <c>1073741824</c>, <c>512MB</c>, <c>1.5gb</c>; null when it is neither.</summary>
    public static long? Parse(string text)
    {
        var unit = Array.FindLastIndex(Units, name => text.EndsWith(name, StringComparison.OrdinalIgnoreCase));
        var number = unit < 0 ? text : text[..^Units[unit].Length];
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? (long)(value * Math.Pow(1024, Math.Max(0, unit)))
            : null;
    }
}
