using System.Globalization;
using System.Security.Authentication;

namespace Baton.Client;

/// <summary>Values of options from text. Errors say what a value must be, and never show it: it may be part of a password.</summary>
internal static class OptionText
{
    private static readonly (string Unit, TimeSpan Time)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>A whole number within bounds.</summary>
    public static long Number(string value, long least, long most) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"must be a whole number from {least} to {most}");

    /// <summary>true or false.</summary>
    public static bool Boolean(string value) =>
        OneOf(value, ("true", true), ("false", false), ("yes", true), ("no", false), ("on", true), ("off", false), ("1", true), ("0", false));

    /// <summary>One of several words, in any case.</summary>
    public static T OneOf<T>(string value, params ReadOnlySpan<(string Word, T Meaning)> words)
    {
        foreach (var (word, meaning) in words)
        {
            if (word.Equals(value, StringComparison.OrdinalIgnoreCase))
            {
                return meaning;
            }
        }

        throw new FormatException($"must be one of {string.Join(", ", words.ToArray().Select(static word => word.Word))}");
    }

    /// <summary>
    /// A time: <c>500ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>, <c>hh:mm:ss</c>, <c>infinite</c>, or a number of milliseconds.
    /// </summary>
    public static TimeSpan Time(string value) => Time(value, TimeSpan.FromMilliseconds(1));

    /// <summary>The same with another unit for plain numbers.</summary>
    public static TimeSpan Time(string value, TimeSpan plainUnit)
    {
        if (value.Equals("infinite", StringComparison.OrdinalIgnoreCase))
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (value.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time)
            && time >= TimeSpan.Zero)
        {
            return time;
        }

        var (digits, unit) = (value, plainUnit);
        foreach (var (name, length) in Units)
        {
            if (value.EndsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                (digits, unit) = (value[..^name.Length], length);
                break;
            }
        }

        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit.TotalMilliseconds <= int.MaxValue
            ? number * unit
            : throw new FormatException("must be a time: 500ms, 5s, 2m, 1h, 00:00:05, infinite, or a number (milliseconds; seconds for keepAlive)");
    }

    /// <summary>TLS versions: <c>tls12|tls13</c>, with any of <c>| , ;</c> or blanks between.</summary>
    public static SslProtocols TlsVersions(string value)
    {
        var versions = SslProtocols.None;
        foreach (var word in value.Split(['|', ',', ';', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            versions |= OneOf(word, ("none", SslProtocols.None), ("tls12", SslProtocols.Tls12), ("tls13", SslProtocols.Tls13));
        }

        return versions;
    }
}
