using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baton.Cluster.Requests;

namespace Baton.Server.Rest;

/// <summary>
/// Passwords in REST objects. Whoever may read is shown a mask; a password is shown once, in the answer of the request that made its database.
/// Giving the mask back, as a client does that changes one field of what it has read, changes nothing.
/// </summary>
internal static class Secrets
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Mask = "********";

    /// <summary>Fields that are a secret, of all objects.</summary>
    private static readonly FrozenSet<string> Fields = FrozenSet.Create(
        StringComparer.Ordinal, "authentication_redis_pass", "authentication_admin_pass", "authentication_sasl_pass", "smtp_password");

    /// <summary>Kept fields in which a member, at any depth, can be a secret: keys of a storage account, passwords in addresses.</summary>
    private static readonly FrozenSet<string> Containers = FrozenSet.Create(
        StringComparer.Ordinal, "backup_location", "sync_sources", "crdt_sources", "crdt_replicas", "dataset_import_sources", "s3_url");

    private static readonly string[] MemberWords = ["pass", "secret", "key", "token", "credential", "uri", "url"];

    /// <summary>A password as it is shown: masked, or empty where there is none.</summary>
    public static string Show(string? secret) => string.IsNullOrEmpty(secret) ? "" : Mask;

    /// <summary>The field as it is shown.</summary>
    public static JsonNode? Show(string field, JsonNode? value) =>
        Fields.Contains(field) ? Show((string?)value)
        : Containers.Contains(field) ? MaskMembers(value, isSecret: value is JsonValue)
        : value;

    /// <summary>A password of a request; null = leave it as it is.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="name">The field.</param>
    /// <param name="shown">What a reader is shown, for a change.</param>
    public static string? Read(FieldReader fields, string name, JsonObject? shown = null)
    {
        var given = fields.Text(name);
        if (given != Mask)
        {
            return given;
        }

        if ((string?)shown?[name] != Mask)
        {
            fields.Fail(
                RequestErrorKind.Invalid, "invalid_value", $"\"{name}\" is {Mask}, which is shown in the place of a password; give the password.", name);
        }

        return null;
    }

    /// <summary>The kept field is given back as it was shown, secrets masked.</summary>
    public static bool IsGivenBack(string field, JsonElement value, JsonObject? shown) =>
        (Fields.Contains(field) || Containers.Contains(field)) && value.GetRawText().Contains(Mask, StringComparison.Ordinal)
        && JsonNode.DeepEquals(JsonNode.Parse(value.GetRawText()), shown?[field]);

    private static JsonNode? MaskMembers(JsonNode? node, bool isSecret = false) => node switch
    {
        JsonObject members => new JsonObject(members.Select(
            member => KeyValuePair.Create(member.Key, MaskMembers(member.Value, IsSecretName(member.Key))))),
        JsonArray items => new JsonArray([.. items.Select(item => MaskMembers(item, isSecret))]),
        JsonValue value when isSecret && value.GetValueKind() == JsonValueKind.String => Show((string?)value),
        _ => node?.DeepClone(),
    };

    private static bool IsSecretName(string name) => MemberWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
