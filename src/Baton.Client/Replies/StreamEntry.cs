using System.Text;

namespace Baton.Client;

/// <summary>An entry of a stream.</summary>
/// <param name="Id">Its id, <c>milliseconds-sequence</c>.</param>
/// <param name="Fields">
/// Its fields in order, names as text and values as bytes. Null for an entry that was deleted and is pending still.
/// </param>
public sealed record StreamEntry(string Id, KeyValuePair<string, byte[]>[]? Fields)
{
    /// <summary>True for an entry that was deleted: only its id is left.</summary>
    public bool IsDeleted => Fields is null;

    /// <summary>The value of the first field of this name as text; null when there is none.</summary>
    public string? this[string field]
    {
        get
        {
            foreach (var (name, value) in Fields ?? [])
            {
                if (name == field)
                {
                    return Encoding.UTF8.GetString(value);
                }
            }

            return null;
        }
    }
}
