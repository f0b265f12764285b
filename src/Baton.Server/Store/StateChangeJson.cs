using System.Text.Json.Serialization;

namespace Baton.Server.Store;

/// <summary>JSON of <see cref="StateChange"/>: source generated, computed members left out, enums by name.</summary>
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StateChange))]
internal sealed partial class StateChangeJson : JsonSerializerContext;
