using System.Text.Json.Serialization;

namespace Baton.Server.Store;

/// <summary>JSON of <see cref="StateChange"/>: source generated, computed members left out, enums by name.</summary>
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // a newer version's word must not be dropped by the next save
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StateChange))]
internal sealed partial class StateChangeJson : JsonSerializerContext;
