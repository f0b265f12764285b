using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Baton.Server.Rest;

/// <summary>Shows documented fields without a meaning: what was kept, else the documented default.</summary>
internal static class KeptFields
{
    public static void Show(
        JsonObject target, FrozenDictionary<string, DocumentedField> documented, ImmutableSortedDictionary<string, string> kept)
    {
        foreach (var (name, field) in documented.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var json = kept.GetValueOrDefault(name, field.Default!);
            if (json is not null)
            {
                target[name] = Secrets.Show(name, JsonNode.Parse(json));
            }
        }
    }
}
