using System.Globalization;
using Garnet.common;

namespace Baton.Server.Engines.Garnet;

/// <summary>What a Garnet instance holds, in bytes.</summary>
internal static class GarnetMemory
{
    /// <summary>The records in the log of one numbered database, in memory or already on disk, and the objects they point to.</summary>
    public static long Used(GarnetInstance instance, int database)
    {
        IReadOnlyDictionary<string, string> store = instance.Metrics(InfoMetricsType.STORE, database);
        return Number(store, "Log.TailAddress") - Number(store, "Log.BeginAddress") + Number(store, "Log.CurrentHeapSizeBytes");
    }

    private static long Number(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value)
            ? value
            : 0;
}
