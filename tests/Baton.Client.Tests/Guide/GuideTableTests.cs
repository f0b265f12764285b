using System.Collections;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Baton.Client.Tests.Guide;

/// <summary>The tables of docs/guide say what the code says.</summary>
public sealed partial class GuideTableTests
{
    public static TheoryData<string> Records() =>
        ["RedisClientOptions", "MaintenanceOptions", "RedisTlsOptions", "RedisCachingOptions", "RedisSubscriptionOptions", "RedisRegionsOptions"];

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_option_is_in_the_table_with_its_default(string record)
    {
        var type = typeof(RedisClientOptions).Assembly.GetType($"Baton.Client.{record}")!;
        var options = record == "RedisRegionsOptions" ? new RedisRegionsOptions { Databases = null! } : Activator.CreateInstance(type)!;

        var expected = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{property.Name}: {Shown(property, options)}");
        var documented = Rows("options.md", record).Select(cells => $"{Code(cells[0]).Single()}: {cells[2]}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_in_text_are_those_that_are_understood()
    {
        foreach (var record in (string[])["RedisClientOptions", "MaintenanceOptions", "RedisTlsOptions"])
        {
            foreach (var cells in Rows("options.md", record))
            {
                var names = Code(cells[1]);
                Assert.All(names, name => Assert.NotNull(OptionNames.Find(name)));
                Assert.False(
                    record != "RedisTlsOptions" && names.Length == 0 && OptionNames.Find(Code(cells[0]).Single()) is not null,
                    $"{cells[0]} can be set by text");
            }
        }
    }

    [Fact]
    public void Every_instrument_is_in_the_table_with_its_unit()
    {
        var instruments = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == LibraryInfo.Name)
                {
                    instruments.Add($"{instrument.Name}: {instrument.Unit}");
                }
            },
        };
        RuntimeHelpers.RunClassConstructor(typeof(ClientMetrics).TypeHandle);
        listener.Start();

        var documented = Rows("observability.md", "Metrics").Select(cells => $"{Code(cells[0]).Single()}: {cells[1]}");

        Assert.Equal(instruments.Distinct().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_log_entry_is_in_the_table_with_its_id_and_level()
    {
        var entries = typeof(ClientLog).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => (method.Name, Entry: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(method => method.Entry is not null)
            .Select(method => $"{method.Entry!.EventId}, {method.Entry.Level}, {method.Name}");

        var documented = Rows("observability.md", "Logs").Select(cells => string.Join(", ", cells));

        Assert.Equal(entries.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static string Shown(PropertyInfo property, object options)
    {
        if (property.GetCustomAttribute<RequiredMemberAttribute>() is not null)
        {
            return "required";
        }

        return property.GetValue(options) switch
        {
            null or ILoggerFactory => "none",
            TimeProvider => "the system's",
            MaintenanceOptions => "see below",
            bool value => value ? "true" : "false",
            TimeSpan time => time >= TimeSpan.FromMinutes(2) ? $"{time.TotalMinutes} min" : time >= TimeSpan.FromSeconds(1) ? $"{time.TotalSeconds} s" : $"{time.TotalMilliseconds} ms",
            long bytes => $"{bytes / 1024 / 1024} MiB",
            int number => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' '),
            IEnumerable items => string.Join(", ", items.Cast<object>()) is { Length: > 0 } text ? text : "none",
            var other => other.ToString()!,
        };
    }

    /// <summary>The cells of the first table below a heading, without its head.</summary>
    private static IEnumerable<string[]> Rows(string page, string heading)
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "guide", page));
        var rows = lines.SkipWhile(line => line != $"## {heading}").Skip(1)
            .SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2).ToArray();
        Assert.NotEmpty(rows);
        return rows.Select(row => row.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());
    }

    private static string[] Code(string cell) => [.. InCode().Matches(cell).Select(match => match.Groups[1].Value)];

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InCode();
}
