using System.Globalization;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// INFO's lines about commands and errors over several shards: a command or an error of one name is one line, whichever shards had it.
/// <code>
/// cmdstat_get:calls=3,usec=9,usec_per_call=3.00,...     added up, what is per call computed again
/// errorstat_ERR:count=2                                 added up
/// latency_percentiles_usec_get:p50=1.003,...            the slowest shard's: percentiles cannot be merged exactly
/// </code>
/// </summary>
/// <param name="texts">The shards' texts.</param>
internal sealed class InfoStatistics(IReadOnlyList<string> texts)
{
    private static readonly (string Heading, string Prefix)[] Sections =
        [("# Commandstats", "cmdstat_"), ("# Errorstats", "errorstat_"), ("# Latencystats", "latency_percentiles_usec_")];

    /// <summary>The field is one that <see cref="Under"/> gives, and so is left out where it stands.</summary>
    public bool Has(string field) => texts.Count > 1 && Array.Exists(Sections, section => field.StartsWith(section.Prefix, StringComparison.Ordinal));

    /// <summary>The lines of a section; none when it has no statistics.</summary>
    public IEnumerable<string> Under(string heading)
    {
        string? prefix = texts.Count > 1 ? Array.Find(Sections, section => section.Heading == heading).Prefix : null;
        return prefix is null ? [] : texts.SelectMany(static text => text.Split("\r\n"))
            .Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(static line => line[..line.IndexOf(':', StringComparison.Ordinal)])
            .Select(static same => same.Key + ":" + Merge([.. same.Select(static line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..])]));
    }

    private static string Merge(IReadOnlyList<string> shards)
    {
        List<(string Name, decimal Value)> merged = [];
        foreach (IGrouping<string, decimal> values in shards.SelectMany(static shard => shard.Split(','))
            .Select(static pair => pair.Split('=', 2)).GroupBy(static pair => pair[0], static pair => Number(pair[^1])))
        {
            bool isPercentile = values.Key.StartsWith('p') && values.Key.Length > 1 && char.IsAsciiDigit(values.Key[1]);
            merged.Add((values.Key, isPercentile ? values.Max() : values.Sum()));
        }

        return string.Join(',', merged.Select(each => $"{each.Name}=" + (each.Name == "usec_per_call"
            ? Average(merged).ToString("0.00", CultureInfo.InvariantCulture)
            : each.Value.ToString(CultureInfo.InvariantCulture))));
    }

    private static decimal Average(List<(string Name, decimal Value)> merged)
    {
        decimal calls = merged.Find(static each => each.Name == "calls").Value;
        return calls == 0 ? 0 : merged.Find(static each => each.Name == "usec").Value / calls;
    }

    private static decimal Number(string text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number) ? number : 0;
}
