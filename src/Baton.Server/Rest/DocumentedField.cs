namespace Baton.Server.Rest;

/// <summary>A documented field that has no meaning for Baton.</summary>
/// <param name="Kind">Its JSON type.</param>
/// <param name="Default">What GET shows until it is set, as JSON text; null = the field is not shown until it is set.</param>
/// <param name="Only">
/// The only value that can be accepted, as JSON text, because any other would promise something Baton does not do
/// (encryption, modules ...); null = every value of the type is kept and given back.
/// </param>
/// <param name="Code">The error code when <paramref name="Only"/> is violated.</param>
internal sealed record DocumentedField(FieldKind Kind, string? Default = null, string? Only = null, string Code = "not_supported");
