// Sorts and filters the tables of the page, and wakes its flame graphs. The page says all it has without this.
(function () {
  'use strict';

  function value_of(row, column) {
    const cell = row.cells[column];
    const value = cell.getAttribute('data-value');
    return value === null ? cell.textContent : Number(value);
  }

  // Of names, "shard 9" before "shard 10".
  const names = new Intl.Collator('en', {numeric: true});

  // Numbers begin with the largest, names with the first. Equal rows stay as they were.
  function sort_by(table, column) {
    const heads = table.tHead.rows[0].cells;
    const head = heads[column];
    const is_number = head.classList.contains('number');
    const was = head.getAttribute('aria-sort');
    const is_descending = was ? was === 'ascending' : is_number;
    for (const other of heads) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', is_descending ? 'descending' : 'ascending');
    const rows = Array.from(table.tBodies[0].rows);
    rows.sort(function (left, right) {
      const one = value_of(left, column);
      const other = value_of(right, column);
      const order = is_number ? one - other : names.compare(one, other);
      return is_descending ? -order : order;
    });
    table.tBodies[0].append(...rows);
  }

  for (const table of document.querySelectorAll('main table')) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      button.title = 'Sort by this column';
      button.addEventListener('click', function () { sort_by(table, column); });
      head.replaceChildren(button);
    });
  }

  for (const field of document.querySelectorAll('input[data-table]')) {
    const table = document.getElementById(field.dataset.table);
    const count = field.closest('p').querySelector('output');
    field.closest('p').hidden = false;
    field.addEventListener('input', function () {
      const wanted = field.value.toLowerCase();
      let shown = 0;
      for (const row of table.tBodies[0].rows) {
        row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
        if (!row.hidden) ++shown;
      }
      count.textContent = !wanted ? '' : shown === 0 ? 'no row has this' : shown + ' of ' + table.tBodies[0].rows.length + ' rows';
    });
  }

  for (const picture of document.querySelectorAll('.flame > svg')) lockwrap_flame(picture);
})();
